"""The whole network, from ids to logits."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from exprlearn.plugin import Shape
from exprlearn_transformer import TransformerOptions
from exprlearn_transformer.blocks import DecoderBlock, EncoderBlock, norm
from exprlearn_transformer.places import PLACES, Shift, moved
from exprlearn_transformer.positions import WAYS


def transformer(shape: Shape, options: TransformerOptions) -> keras.Model:
    """Build the model: [source (batch, source_length), previous (batch, target_length)] int32 → logits.

    `previous` is the target one step late, behind the start mark; logits are (batch, target_length, vocabulary_size).
    """
    source = keras.Input((shape.source_length,), dtype="int32", name="source")
    previous = keras.Input((shape.target_length,), dtype="int32", name="previous")
    tokens, turned = Tokens(shape, options, name="tokens"), WAYS[options.positions].turned
    visible = ops.expand_dims(ops.not_equal(source, shape.pad), 1)
    shift = Shift(max(0, options.reach - PLACES[options.places].needed(shape)), name="shift")(source)
    kind = PLACES[options.places]
    source_places, parts = kind(shape, is_written=False, name="source_places")(source)
    source_places = moved(source_places, shift)
    hidden = tokens(source, source_places, parts)
    for number in range(options.layers):
        hidden = EncoderBlock(options, turned, name=f"encoder_{number}")(hidden, visible, source_places)
    memory = norm("memory")(hidden)
    places, parts = kind(shape, is_written=True, name="places")(previous)
    places = moved(places, shift)
    hidden = tokens(previous, places, parts)
    for number in range(options.layers):
        block = DecoderBlock(options, turned, name=f"decoder_{number}")
        hidden = block(hidden, places, memory, source_places, visible)
    logits = keras.layers.Dense(shape.vocabulary_size, name="logits")(norm("answer")(hidden))
    return keras.Model([source, previous], logits, name="transformer")


class Tokens(keras.layers.Layer):
    """Ids as numbers, with their places and parts added where they are told so; both sides share them."""

    def __init__(self, shape: Shape, options: TransformerOptions, **settings: Any) -> None:
        super().__init__(**settings)
        added, kind = WAYS[options.positions].added, PLACES[options.places]
        self.most = (options.reach or kind.needed(shape)) - 1
        self.features = features_of(shape, options.width)
        self.places = added(options.width, self.most + 1) if added else None
        self.parts = keras.layers.Embedding(kind.parts, options.width) if kind.parts else None

    def call(self, ids: Any, places: Any, parts: Any) -> Any:
        """Turn ids, places and parts (batch, steps) into tokens (batch, steps, width)."""
        hidden = self.features(ids)
        if self.places is not None:
            hidden = hidden + self.places(ops.minimum(places, self.most))
        return hidden if self.parts is None else hidden + self.parts(parts)


def features_of(shape: Shape, width: int) -> keras.layers.Layer:
    """Make the layer from ids to numbers; the product of one-hot rows with weights is an embedding already."""
    if shape.inputs == "integer":
        scaled = keras.layers.Rescaling(1.0 / (shape.vocabulary_size - 1))
        return keras.Sequential([keras.layers.Reshape((-1, 1)), scaled, keras.layers.Dense(width)])
    return keras.layers.Embedding(shape.vocabulary_size, width)
