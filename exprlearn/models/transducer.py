"""`transducer`: read the terms side by side, a digit of each at a time, and write a token of the answer at every step.

Adding on paper goes column by column, with nothing but a carry between them, and a machine of two states does it. Where
every number is padded to the widest (`per-term`) and both sides are reversed, an LSTM that reads columns
only has to learn that machine. Transformers too add far better when digits are told their place (McLeish et al.,
*Transformers Can Do Arithmetic with the Right Embeddings*, 2024).
"""

from __future__ import annotations

from pydantic import Field, model_validator

from exprlearn.models.layers import MOST_STEPS, features_of, read
from exprlearn.plugin import ModelSpec, Options, Shape
from exprlearn.tensors import keras, ops


class TransducerOptions(Options):
    """Options of `transducer`."""

    terms: int = Field(
        default=2, ge=1, le=64, description="Equal parts of the row that are read side by side, as many as terms."
    )
    units: int = Field(default=64, ge=1, le=2048, description="Units of each LSTM layer.")
    layers: int = Field(default=1, ge=1, le=6, description="Number of LSTM layers.")
    bidirectional: bool = Field(default=False, description="Read in both directions, half the units each.")
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0, description="Share of each layer's outputs dropped.")
    embedding: int = Field(default=32, ge=1, le=1024, description="Size of the learned vector of a token.")

    @model_validator(mode="after")
    def _fits_together(self) -> TransducerOptions:
        if self.bidirectional and self.units == 1:
            raise ValueError("each direction needs at least one unit: set units to 2 or more")
        return self


def build(shape: Shape, options: TransducerOptions) -> keras.Model:
    """Build the model: source (batch, source_length) int32 → logits (batch, target_length, vocabulary_size)."""
    source = keras.Input((shape.source_length,), dtype="int32", name="source")
    columns, steps = _columns(source, shape, options.terms)
    tokens = features_of(shape, width=options.embedding, name="source_features")(columns)
    hidden = keras.layers.Reshape((steps, -1), name="columns")(tokens)
    for layer in range(1, options.layers + 1):
        hidden, _, _ = read(
            hidden,
            options.units,
            bidirectional=options.bidirectional,
            name=f"lstm_{layer}",
            unrolled=steps <= MOST_STEPS,
        )
        if options.dropout:
            hidden = keras.layers.Dropout(options.dropout, name=f"lstm_{layer}_dropout")(hidden)
    if steps > shape.target_length:
        hidden = keras.layers.Cropping1D((steps - shape.target_length, 0), name="last")(hidden)
    logits = keras.layers.Dense(shape.vocabulary_size, name="logits")(hidden)
    return keras.Model([source], logits, name="transducer")


def _columns(source: keras.KerasTensor, shape: Shape, terms: int) -> tuple[keras.KerasTensor, int]:
    """Cut rows into equal parts and lay them side by side: (batch, source_length) → (batch, steps * terms), and steps.

    `  5+ 12` reversed is `21 +5  `, cut in two `21 +` and `5   `, and read in pairs `25`, `1 `, `  `, `+ `. Blanks
    follow where the answer is longer; where it is shorter the last steps write it.
    """
    height = -(-shape.source_length // terms)
    missing, more = terms * height - shape.source_length, max(0, shape.target_length - height)
    parts = ops.reshape(ops.pad(source, [[0, 0], [0, missing]], constant_values=shape.pad), (-1, terms, height))
    columns = ops.transpose(ops.pad(parts, [[0, 0], [0, 0], [0, more]], constant_values=shape.pad), (0, 2, 1))
    return ops.reshape(columns, (-1, (height + more) * terms)), height + more


SPEC = ModelSpec(
    name="transducer",
    summary="LSTM that reads the terms side by side and writes a token of the answer at every step.",
    framing="sequence",
    options=TransducerOptions,
    build=build,
)
