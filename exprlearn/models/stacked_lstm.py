"""`stacked-lstm`: the numbers in, one a step, through stacked LSTM layers; one scaled number out.

The tutorial *Learn to Add Numbers with an Encoder-Decoder LSTM* calls it the beginner's mistake: the sequence of
numbers carries no order that matters. It is here to be measured against the sequence models.
"""

from __future__ import annotations

from pydantic import Field

from exprlearn.models.layers import LayerSizes
from exprlearn.plugin import ModelSpec, Options, Shape
from exprlearn.tensors import keras


class StackedLstmOptions(Options):
    """Options of `stacked-lstm`."""

    units: int = Field(default=32, ge=1, le=1024, description="Units of each LSTM layer.")
    layers: int = Field(default=2, ge=1, le=6, description="Stacked LSTM layers.")
    sizes: LayerSizes = Field(default=(), description="Units of each layer in order, instead of the two above.")


def build(shape: Shape, options: StackedLstmOptions) -> keras.Model:
    """Build the stack: source (batch, source_length, features) float32 → (batch, 1) float32."""
    source = keras.Input((shape.source_length, shape.features), dtype="float32", name="source")
    hidden, sizes = source, options.sizes or (options.units,) * options.layers
    for number, units in enumerate(sizes, start=1):
        hidden = keras.layers.LSTM(units, return_sequences=number < len(sizes), name=f"lstm_{number}")(hidden)
    return keras.Model([source], keras.layers.Dense(1, name="answer")(hidden), name="stacked_lstm")


SPEC = ModelSpec(
    name="stacked-lstm",
    summary="Stacked LSTM layers over the numbers, to the scaled answer.",
    framing="mapping",
    options=StackedLstmOptions,
    build=build,
)
