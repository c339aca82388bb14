"""The model `convolution`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pydantic import Field

from exprlearn.plugin import ModelSpec, Options, Shape, hookimpl

if TYPE_CHECKING:
    import keras


class ConvolutionModelOptions(Options):
    """Options of `convolution`; `--set model.units=64` sets one."""

    units: int = Field(default=64, ge=1, description="Channels of each layer.")
    layers: int = Field(default=2, ge=1, description="Layers that read, and as many that write.")


def build(shape: Shape, options: ConvolutionModelOptions) -> keras.Model:
    """Build the model: source (batch, source_length) int32 → logits (batch, target_length, vocabulary_size)."""
    # Keras takes seconds to import; here it is imported when a model is built and not before.
    from keras import Input, Model, layers

    def convolved(steps: keras.KerasTensor) -> keras.KerasTensor:
        """Let every step look at its neighbours, a layer at a time."""
        for _ in range(options.layers):
            normal = layers.LayerNormalization()(steps)
            seen = layers.Conv1D(options.units, 3, padding="same", activation="relu")(normal)
            steps = layers.Add()([steps, seen])
        return steps

    source = Input((shape.source_length,), dtype="int32")
    read = convolved(layers.Embedding(shape.vocabulary_size, options.units)(source))
    # Each step of the answer begins as a mixture of all steps that were read.
    mixed = layers.Permute((2, 1))(layers.Dense(shape.target_length)(layers.Permute((2, 1))(read)))
    return Model([source], layers.Dense(shape.vocabulary_size)(convolved(mixed)))


@hookimpl
def exprlearn_models() -> Iterable[ModelSpec]:
    """Yield the model, for `--model convolution`."""
    yield ModelSpec(
        name="convolution",
        summary="Convolutions over the tokens that are read, mixed, then over those that are written.",
        framing="sequence",
        options=ConvolutionModelOptions,
        build=build,
    )
