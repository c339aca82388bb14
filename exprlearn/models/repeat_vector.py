"""`repeat-vector`: encode the characters to one vector, repeat it for every step of the answer, decode.

The sequence model of *Learn to Add Numbers with an Encoder-Decoder LSTM* and of Keras's `addition_rnn`, with the
extensions that the tutorial leaves to its reader as options.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from exprlearn.models.inputs import features_of
from exprlearn.models.reading import read
from exprlearn.plugin import ModelSpec, Options, Shape

if TYPE_CHECKING:
    import keras


class RepeatVectorOptions(Options):
    """Options of `repeat-vector`."""

    units: int = Field(default=128, ge=1, le=2048, description="Units of each LSTM layer.")
    encoder_layers: int = Field(default=1, ge=1, le=6, description="LSTM layers that read the source.")
    decoder_layers: int = Field(default=1, ge=1, le=6, description="LSTM layers that write the answer.")
    bidirectional: bool = Field(default=False, description="Read the source in both directions.")
    pass_state: bool = Field(default=False, description="Start the first decoder layer from the encoder's last state.")
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0, description="Share of each layer's outputs dropped.")
    batch_norm: bool = Field(default=False, description="Normalise each LSTM layer's outputs over the batch.")
    embedding: int = Field(default=32, ge=1, le=1024, description="Numbers a token, for learned inputs.")


def build(shape: Shape, options: RepeatVectorOptions) -> keras.Model:
    """Build the model: source (batch, source_length) int32 → logits (batch, target_length, vocabulary_size)."""
    import keras

    source = keras.Input((shape.source_length,), dtype="int32", name="source")
    features = features_of(shape, width=options.embedding, name="source_features")(source)
    summary, state = _encode(features, options)
    hidden = keras.layers.RepeatVector(shape.target_length, name="repeat")(summary)
    for layer in range(options.decoder_layers):
        name = f"decoder_{layer + 1}"
        first_state = state if options.pass_state and layer == 0 else None
        lstm = keras.layers.LSTM(options.units, return_sequences=True, name=name)
        hidden = _regularise(lstm(hidden, initial_state=first_state), options, name)
    logits = keras.layers.Dense(shape.vocabulary_size, name="logits")(hidden)
    return keras.Model([source], logits, name="repeat_vector")


def _encode(
    hidden: keras.KerasTensor, options: RepeatVectorOptions
) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
    """Read features (batch, steps, size) into a summary (batch, units) and the last layer's two states."""
    state: list[keras.KerasTensor] = []
    for layer in range(options.encoder_layers):
        name = f"encoder_{layer + 1}"
        outputs, *state = read(hidden, options.units, bidirectional=options.bidirectional, name=name)
        is_last = layer == options.encoder_layers - 1
        hidden = _regularise(state[0] if is_last else outputs, options, name)
    return hidden, state


def _regularise(hidden: keras.KerasTensor, options: RepeatVectorOptions, name: str) -> keras.KerasTensor:
    import keras

    if options.batch_norm:
        hidden = keras.layers.BatchNormalization(name=f"{name}_norm")(hidden)
    if options.dropout:
        hidden = keras.layers.Dropout(options.dropout, name=f"{name}_dropout")(hidden)
    return hidden


SPEC = ModelSpec(
    name="repeat-vector",
    summary="LSTM encoder, its vector repeated, LSTM decoder: the tutorials' sequence model.",
    framing="sequence",
    options=RepeatVectorOptions,
    build=build,
)
