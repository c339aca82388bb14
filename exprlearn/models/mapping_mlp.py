"""`mapping-mlp`: the numbers in, their answer out as one scaled number.

The tutorial *Learn to Add Numbers with an Encoder-Decoder LSTM* uses it to show that addition of given numbers is a
mapping that a multilayer perceptron solves perfectly.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from exprlearn.models.layers import LayerSizes
from exprlearn.plugin import ModelSpec, Options, Shape
from exprlearn.tensors import keras


class MappingMlpOptions(Options):
    """Options of `mapping-mlp`."""

    units: int = Field(default=64, ge=1, le=4096, description="Units of each hidden layer.")
    layers: int = Field(default=2, ge=0, le=8, description="Hidden layers.")
    sizes: LayerSizes = Field(default=(), description="Units of each hidden layer in order, instead of the two above.")
    activation: Literal["linear", "relu", "tanh", "gelu"] = Field(
        default="linear", description="Activation of the hidden layers; sums need none, products do."
    )


def build(shape: Shape, options: MappingMlpOptions) -> keras.Model:
    """Build the perceptron: source (batch, source_length, features) float32 → (batch, 1) float32."""
    source = keras.Input((shape.source_length, shape.features), dtype="float32", name="source")
    hidden = keras.layers.Flatten(name="flatten")(source)
    for number, units in enumerate(options.sizes or (options.units,) * options.layers, start=1):
        hidden = keras.layers.Dense(units, activation=options.activation, name=f"hidden_{number}")(hidden)
    return keras.Model([source], keras.layers.Dense(1, name="answer")(hidden), name="mapping_mlp")


SPEC = ModelSpec(
    name="mapping-mlp",
    summary="Perceptron from the numbers to the scaled answer.",
    framing="mapping",
    options=MappingMlpOptions,
    build=build,
)
