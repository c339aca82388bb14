"""The LSTM network of `seq2seq`: an encoder-decoder that reads its own answer while writing it.

In training the decoder reads the true answer one step late (teacher forcing); afterwards it reads what it wrote
itself, step by step, from the states that `incremental` hands on. Attention follows Luong et al., *Effective
Approaches to Attention-based Neural Machine Translation* (2015): dot products after the decoder LSTM.
"""

from __future__ import annotations

from pydantic import Field

from exprlearn.models.layers import features_of, read
from exprlearn.plugin import Incremental, Options, Shape
from exprlearn.tensors import keras


class RecurrentOptions(Options):
    """Options of the LSTM network."""

    units: int = Field(default=128, ge=2, le=2048, description="Units of the decoder; the encoder gives as many.")
    bidirectional: bool = Field(default=True, description="Read the source in both directions, half the units each.")
    attention: bool = Field(default=True, description="Let every step of the answer look at every source step.")
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0, description="Share of the decoder's outputs dropped.")
    embedding: int = Field(default=32, ge=1, le=1024, description="Size of the learned vector of a token.")


def build(shape: Shape, options: RecurrentOptions) -> keras.Model:
    """Build the model: [source (batch, source_length), previous (batch, target_length)] int32 → logits.

    `previous` is the target one step late, behind the start mark; logits are (batch, target_length, vocabulary_size).
    """
    source = keras.Input((shape.source_length,), dtype="int32", name="source")
    previous = keras.Input((shape.target_length,), dtype="int32", name="previous")
    features = features_of(shape, width=options.embedding, name="source_features")(source)
    memory, *state = read(features, options.units, bidirectional=options.bidirectional, name="encoder")
    tokens = features_of(shape, width=options.embedding, name="previous_features")(previous)
    lstm = keras.layers.LSTM(options.units, return_sequences=True, return_state=True, name="decoder")
    hidden, _, _ = lstm(tokens, initial_state=state)
    if options.attention:
        keys = keras.layers.Dense(options.units, use_bias=False, name="attention_keys")(memory)
        context = keras.layers.Attention(name="attention")([hidden, memory, keys])
        both = keras.layers.Concatenate(name="attention_join")([hidden, context])
        hidden = keras.layers.Dense(options.units, activation="tanh", name="attention_mix")(both)
    if options.dropout:
        hidden = keras.layers.Dropout(options.dropout, name="dropout")(hidden)
    logits = keras.layers.Dense(shape.vocabulary_size, name="logits")(hidden)
    return keras.Model([source, previous], logits, name="seq2seq")


def incremental(model: keras.Model) -> Incremental:
    """Cut a built model in two on the same weights; the state is [hidden, cell], with attention memory and keys too."""
    names = {layer.name for layer in model.layers}
    decoder = model.get_layer("decoder")
    _, *state = decoder.input
    if "attention" in names:
        _, *looked_at = model.get_layer("attention").input
        state = [*state, *looked_at]
    given = [keras.Input(tensor.shape[1:]) for tensor in state]
    token = keras.Input((1,), dtype="int32")
    features = keras.layers.Reshape((-1,))(model.get_layer("previous_features")(token))
    # The bare cell: XLA takes minutes over the layer's own loop inside of the decoding loop.
    written, new_state = decoder.cell(features, given[:2])
    hidden = keras.layers.Reshape((1, -1))(written)
    if "attention" in names:
        context = model.get_layer("attention")([hidden, *given[2:]])
        hidden = model.get_layer("attention_mix")(model.get_layer("attention_join")([hidden, context]))
    logits = model.get_layer("logits")(hidden)
    step = keras.Model([token, *given], [logits, *new_state, *given[2:]])
    return Incremental(encode=keras.Model(model.inputs[0], state), step=step)
