"""A model plugin in one file: a GRU that writes the whole answer at once."""

from collections.abc import Iterable

from pydantic import Field

from exprlearn.plugin import ModelSpec, Options, Shape, hookimpl


class GruOptions(Options):
    """Options of `gru`; `--set model.units=64` sets one."""

    units: int = Field(default=128, ge=1, description="Units of each GRU layer.")


def build(shape: Shape, options: GruOptions):
    """Build the model: source (batch, source_length) int32 → logits (batch, target_length, vocabulary_size)."""
    import keras  # here, so that listing components stays quick

    layers = keras.layers
    source = keras.Input((shape.source_length,), dtype="int32")
    vector = layers.GRU(options.units)(layers.Embedding(shape.vocabulary_size, 32)(source))
    steps = layers.RepeatVector(shape.target_length)(vector)
    decoded = layers.GRU(options.units, return_sequences=True)(steps)
    return keras.Model([source], layers.Dense(shape.vocabulary_size)(decoded))


@hookimpl
def exprlearn_models() -> Iterable[ModelSpec]:
    """Yield the model, for `--model gru`."""
    yield ModelSpec(
        name="gru",
        summary="GRU encoder, its vector repeated, GRU decoder.",
        framing="sequence",
        options=GruOptions,
        build=build,
    )
