"""`rewriter`: a transformer that writes a line anew over itself, one round of calculations at a time.

Steps are told by rotary positions, and a digit knows its place in its number by an embedding. A window limits how far
a step looks: what is to be done is near.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from exprlearn.models.layers import features_of
from exprlearn.models.token_positions import (
    attention_bias,
    is_near,
    places_of_digits,
    shares_segment,
    steps_of,
    turn_by,
)
from exprlearn.models.transformer_layers import (
    PLACES,
    TRANSFORMER_DEFAULTS,
    TransformerBlock,
    TransformerOptions,
    embed,
    embedding,
    logits_of,
)
from exprlearn.plugin import ModelSpec, Shape
from exprlearn.tensors import keras, ops


class RewriterOptions(TransformerOptions):
    """Options of `rewriter`."""

    rule: Literal["all", "first"] = Field(
        default="all", description="Do all calculations that can be done in a round, or the first of them."
    )
    spare: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Blanks behind each line, for values that are longer than what they replace.",
    )
    window: int = Field(default=7, ge=0, description="Steps that attention looks to either side; 0 is everywhere.")


def build(shape: Shape, options: RewriterOptions) -> keras.Model:
    """Build the model: [source (batch, L), segments (batch, L)] int32 → logits (batch, L, vocabulary_size)."""
    source = keras.Input((None,), dtype="int32", name="source")
    segments = keras.Input((None,), dtype="int32", name="segments")
    features = features_of(shape, width=options.units, name="source_features")(source)
    hidden = keras.layers.Dense(options.units, use_bias=False, name="source_embedding")(features)
    places = places_of_digits(source, segments, shape.digits)
    hidden = hidden + embed(embedding(PLACES, options.units, "place_embedding"), places)
    steps, seen = steps_of(source), shares_segment(segments)
    if options.window:
        seen = ops.logical_and(seen, is_near(steps, steps, options.window))
    turn, bias = turn_by(steps, options.head), attention_bias(seen)
    for number in range(options.layers):
        hidden = TransformerBlock.made(options, number)(hidden, turn, bias)
    return keras.Model([source, segments], logits_of(hidden, shape), name="rewriter")


SPEC = ModelSpec(
    name="rewriter",
    summary="Transformer that writes an expression anew, calculation by calculation, until it is a number.",
    framing="rewriting",
    options=RewriterOptions,
    build=build,
    # Lines of two numbers come most, and are soon known.
    defaults={**TRANSFORMER_DEFAULTS, "data.thinning": 0.7},
)
