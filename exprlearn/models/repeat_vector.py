"""`repeat-vector`: encode the characters to one vector, repeat it for every step of the answer, decode.

The sequence model of *Learn to Add Numbers with an Encoder-Decoder LSTM*, of *Learning Math with LSTMs and Keras* and
of Keras's `addition_rnn`, with the extensions that these pages leave to their readers as options.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from exprlearn.models.layers import features_of, read
from exprlearn.plugin import ModelSpec, Options, Shape
from exprlearn.tensors import keras, ops


class RepeatVectorOptions(Options):
    """Options of `repeat-vector`."""

    units: int = Field(default=128, ge=1, le=2048, description="Units of each LSTM layer.")
    decoder_units: int = Field(default=0, ge=0, le=2048, description="Units of each decoder layer; 0 takes units.")
    encoder_layers: int = Field(default=1, ge=1, le=6, description="LSTM layers that read the source.")
    decoder_layers: int = Field(default=1, ge=1, le=6, description="LSTM layers that write the answer.")
    bidirectional: bool = Field(default=False, description="Read the source in both directions, half the units each.")
    bidirectional_decoder: bool = Field(default=False, description="Write in both directions, half the units each.")
    masking: bool = Field(default=False, description="Mask padding while reading, instead of reading it too.")
    bridge: Literal["repeat", "each-step"] = Field(
        default="repeat",
        description="What the decoder reads: the last output, repeated, or that of each step of the source.",
    )
    pass_state: bool = Field(default=False, description="Start the first decoder layer from the encoder's last state.")
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0, description="Share of each layer's outputs dropped.")
    batch_norm: bool = Field(default=False, description="Normalise each LSTM layer's outputs over the batch.")
    embedding: int = Field(default=32, ge=1, le=1024, description="Size of the learned vector of a token.")

    @property
    def written_units(self) -> int:
        """The units of each decoder layer."""
        return self.decoder_units or self.units

    @model_validator(mode="after")
    def _fits_together(self) -> RepeatVectorOptions:
        sizes = (self.units * self.bidirectional, self.written_units * self.bidirectional_decoder)
        if 1 in sizes:
            raise ValueError("each direction needs at least one unit: set units and decoder_units to 2 or more")
        if self.pass_state and (self.bidirectional_decoder or self.written_units != self.units):
            raise ValueError(
                "a passed state fits a decoder of as many units that writes in one direction: "
                "set decoder_units=0 and bidirectional_decoder=false, or pass_state=false"
            )
        return self


def build(shape: Shape, options: RepeatVectorOptions) -> keras.Model:
    """Build the model: source (batch, source_length) int32 → logits (batch, target_length, vocabulary_size)."""
    source = keras.Input((shape.source_length,), dtype="int32", name="source")
    features = features_of(shape, width=options.embedding, name="source_features")(source)
    mask = ops.not_equal(source, shape.pad) if options.masking else None
    outputs, state = _encode(features, mask, options)
    hidden = _decode(_bridged(outputs, shape, options), state if options.pass_state else None, options)
    if options.bridge == "each-step":
        hidden = keras.layers.Cropping1D((max(0, shape.source_length - shape.target_length), 0), name="last")(hidden)
    logits = keras.layers.Dense(shape.vocabulary_size, name="logits")(hidden)
    return keras.Model([source], logits, name="repeat_vector")


def _encode(
    hidden: keras.KerasTensor, mask: keras.KerasTensor | None, options: RepeatVectorOptions
) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
    """Read features (batch, steps, size) into what the bridge takes and the last layer's two states.

    It takes a summary (batch, units), or with `each-step` the outputs (batch, steps, units).
    """
    state: list[keras.KerasTensor] = []
    for layer in range(options.encoder_layers):
        name = f"encoder_{layer + 1}"
        outputs, *state = read(hidden, options.units, bidirectional=options.bidirectional, name=name, mask=mask)
        is_summary = layer == options.encoder_layers - 1 and options.bridge == "repeat"
        hidden = _regularise(state[0] if is_summary else outputs, options, name)
    return hidden, state


def _bridged(hidden: keras.KerasTensor, shape: Shape, options: RepeatVectorOptions) -> keras.KerasTensor:
    """Make the steps that the decoder reads, at least as many as the answer has: its last steps write the answer.

    With `each-step` they are those of the source, as the tutorial proposes: it pads answers with blanks on the left.
    """
    if options.bridge == "repeat":
        return keras.layers.RepeatVector(shape.target_length, name="repeat")(hidden)
    # An operation, which no mask gets past, as it would a layer: the decoder takes every step.
    return ops.pad(hidden, [[0, 0], [0, max(0, shape.target_length - shape.source_length)], [0, 0]])


def _decode(
    hidden: keras.KerasTensor, state: list[keras.KerasTensor] | None, options: RepeatVectorOptions
) -> keras.KerasTensor:
    """Turn the steps (batch, steps, size) into (batch, steps, decoder units); the first layer starts from `state`."""
    for layer in range(options.decoder_layers):
        name = f"decoder_{layer + 1}"
        if options.bidirectional_decoder:
            hidden, _, _ = read(hidden, options.written_units, bidirectional=True, name=name)
        else:
            lstm = keras.layers.LSTM(options.written_units, return_sequences=True, name=name)
            hidden = lstm(hidden, initial_state=state if layer == 0 else None)
        hidden = _regularise(hidden, options, name)
    return hidden


def _regularise(hidden: keras.KerasTensor, options: RepeatVectorOptions, name: str) -> keras.KerasTensor:
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
