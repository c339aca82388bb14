"""A built model cut in two, on the same weights: what is read once, and one step of writing."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from exprlearn.plugin import Incremental


def cut(model: keras.Model) -> Incremental:
    """Return both parts, which hand on notes: fixed ones of the source, and those that every step adds to."""
    _, _, memory, places, visible = model.get_layer("decoder_0").input
    fixed = [visible, *Reading(model)(memory, places)]
    grown = Beginning(model)(fixed[1:])
    given = [keras.Input(tensor.shape[1:], dtype=tensor.dtype) for tensor in (*fixed, *grown)]
    token = keras.Input((1,), dtype="int32")
    logits, *new = Writing(model)(token, given[: len(fixed)], given[len(fixed) :])
    return Incremental(
        encode=keras.Model(model.inputs[0], [*fixed, *grown]),
        step=keras.Model([token, *given], [logits, *given[: len(fixed)], *new]),
    )


class Part(keras.layers.Layer):
    """What the parts know: the layers of the whole model."""

    def __init__(self, model: keras.Model) -> None:
        super().__init__()
        names = ("tokens", "places", "answer", "logits")
        self.tokens, self.places, self.answer, self.logits = (model.get_layer(name) for name in names)
        self.blocks = [layer for layer in model.layers if layer.name.startswith("decoder_")]
        self.steps = model.inputs[1].shape[1]


class Reading(Part):
    """The source as each block of the decoder looks at it."""

    def call(self, memory: Any, places: Any) -> list[Any]:
        """Return keys and values (batch, source steps, heads, size) for one block after the other."""
        return [tensor for block in self.blocks for tensor in block.look.remember(memory, places)]


class Beginning(Part):
    """Notes of an answer that has no tokens yet."""

    def call(self, read: Any) -> list[Any]:
        """Return the number of the step (batch, 1), what is counted (batch, 2), and room for keys and values of all."""
        nothing = [ops.repeat(ops.zeros_like(tensor[:, :1]), self.steps, axis=1) for tensor in read]
        step = ops.cast(nothing[0][:, :1, 0, 0], "int32")
        return [step, ops.concatenate([step, step], axis=1), *nothing]


class Writing(Part):
    """One token of the answer."""

    def call(self, token: Any, fixed: Any, grown: Any) -> list[Any]:
        """Return logits (batch, 1, vocabulary_size) and the notes for the next step."""
        (visible, *read), (step, before, *written) = fixed, grown
        place, part, counted = self.places.next(token, before)
        hidden, notes = self.tokens(token, place, part), [step + 1, counted]
        for number, block in enumerate(self.blocks):
            both = slice(2 * number, 2 * number + 2)
            hidden, now = block.step(hidden, place, step, written[both], (*read[both], visible))
            notes += now
        return [self.logits(self.answer(hidden)), *notes]
