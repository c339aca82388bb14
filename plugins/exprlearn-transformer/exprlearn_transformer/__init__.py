"""A model plugin: an encoder-decoder transformer that reads its own answer while writing it.

The network follows Vaswani et al., *Attention Is All You Need* (2017), with the norms before each part, as Xiong et al.
have them in *On Layer Normalization in the Transformer Architecture* (2020).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from exprlearn.plugin import Incremental, ModelSpec, Options, Shape, hookimpl

if TYPE_CHECKING:
    import keras


class TransformerOptions(Options):
    """Options of `transformer`; `--set model.layers=3` sets one."""

    layers: int = Field(default=2, ge=1, le=24, description="Blocks of the encoder, and as many of the decoder.")
    width: int = Field(default=64, ge=2, le=2048, description="Numbers a token.")
    heads: int = Field(default=4, ge=1, le=64, description="Heads of each attention; they share the width.")
    feed_forward: int = Field(default=128, ge=1, le=8192, description="Units between the two layers behind attention.")
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0, description="Share of each part's outputs dropped.")
    places: Literal["steps", "digits"] = Field(
        default="steps", description="What a place is: the number of the step, or of the digit within its number."
    )
    reach: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Places that are known, all of them learned by moving rows about; 0: those of the data, unmoved.",
    )
    positions: Literal["learned", "sinusoidal", "rotary", "none"] = Field(
        default="learned", description="How a token knows its place: added to it, turned into keys, or not at all."
    )

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> TransformerOptions:
        if self.width % (2 * self.heads):
            raise ValueError(f"each head needs an even share of the width, and {self.heads} do not have it")
        return self


def build(shape: Shape, options: TransformerOptions) -> keras.Model:
    """Build the model: [source (batch, source_length), previous (batch, target_length)] int32 → logits."""
    from exprlearn_transformer.network import transformer  # imports Keras, which listing components does without

    return transformer(shape, options)


def incremental(model: keras.Model) -> Incremental:
    """Cut a built model in two, so that an answer costs one step a token."""
    from exprlearn_transformer.cutting import cut

    return cut(model)


@hookimpl
def exprlearn_models() -> Iterable[ModelSpec]:
    """Yield the model, for `--model transformer`."""
    yield ModelSpec(
        name="transformer",
        summary="Teacher-forced encoder-decoder transformer; writes its answer step by step.",
        framing="teacher-forced",
        options=TransformerOptions,
        build=build,
        incremental=incremental,
    )
