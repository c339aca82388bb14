"""The network of causal transformers: of each step of a row what it is, where it stands, what it sees and what follows.

Where positions are digit places, digits of one weight meet however long their numbers are (McLeish et al.,
*Transformers Can Do Arithmetic with the Right Embeddings*, 2024), and a window over places keeps attention to what a
digit of the answer depends on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from pydantic import Field

from exprlearn.models.layers import features_of
from exprlearn.models.token_positions import (
    Turn,
    attention_bias,
    begins_segment,
    count_since,
    is_later,
    is_near,
    is_one_of,
    places_of_digits,
    shares_segment,
    steps_of,
    turn_by,
)
from exprlearn.models.transformer_layers import (
    PLACES,
    TransformerBlock,
    TransformerOptions,
    embed,
    embedding,
    logits_of,
    matrix,
)
from exprlearn.plugin import Shape
from exprlearn.tensors import keras, ops

Positions = Literal["rotary", "learned", "places"]
#: Steps that are told apart where they are learned, and signs that are counted before a number.
STEPS, SIGNS = 512, 16


class CausalTransformerOptions(TransformerOptions):
    """Options of `causal-transformer`."""

    positions: Positions = Field(
        default="rotary",
        description="What tells steps apart: their number, by rotary or by learned features, or rotary digit places.",
    )
    window: int = Field(
        default=0, ge=0, description="Steps that attention looks to either side, or digit places; 0 is everywhere."
    )


class TokenPosition(NamedTuple):
    """Where tokens (batch, L) stand, both int32.

    Attributes:
        at: the step in its segment; with `places`, in an answer the place of the digit that is written there.
        told: the place of a digit in its number; with `places` the number of signs up to there.
    """

    at: Any
    told: Any


class BuiltFrom(NamedTuple):
    """What a model was built from, as it is cut in two; an attribute of the model."""

    shape: Shape
    options: CausalTransformerOptions


def build(shape: Shape, options: CausalTransformerOptions) -> keras.Model:
    """Build the model: [tokens (batch, L), segments (batch, L)] int32 → logits (batch, L, vocabulary_size)."""
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    segments = keras.Input((None,), dtype="int32", name="segments")
    in_question = is_in_question(tokens, segments, shape)
    position = positions_of(tokens, segments, in_question, BuiltFrom(shape, options))
    seen = ops.logical_or(ops.expand_dims(in_question, 1), ops.logical_not(is_later(steps_of(tokens))))
    bias = bias_of(ops.logical_and(seen, shares_segment(segments)), position.at, position.at, options)
    turn, hidden = turn_at(position, options), features_at(make_embeddings(shape, options), tokens, position)
    for number in range(options.layers):
        hidden = TransformerBlock.made(options, number)(hidden, turn, bias)
    model = keras.Model([tokens, segments], logits_of(hidden, shape), name="causal_transformer")
    model.built_from = BuiltFrom(shape, options)
    return model


def make_embeddings(shape: Shape, options: CausalTransformerOptions) -> dict[str, keras.layers.Layer]:
    """Make the layers that tell tokens and positions, by their names."""
    units = options.units
    if shape.inputs == "embedding":
        tokens = embedding(shape.vocabulary_size, units, "token_embedding")
    else:
        parts = [features_of(shape, width=units, name="features"), matrix(units, "matrix")]
        tokens = keras.Sequential(parts, name="token_embedding")
    if options.positions == "places":
        made = [tokens, embedding(SIGNS, units, "sign_embedding")]
    else:
        made = [tokens, embedding(PLACES, units, "place_embedding")]
    if options.positions == "learned":
        made.append(embedding(STEPS, units, "step_embedding"))
    return {layer.name: layer for layer in made}


def features_at(embeddings: Mapping[str, keras.layers.Layer], tokens: Any, position: TokenPosition) -> Any:
    """Tell tokens and where they stand (batch, L): (batch, L, units)."""
    told = embeddings["sign_embedding" if "sign_embedding" in embeddings else "place_embedding"]
    hidden = embeddings["token_embedding"](tokens) + embed(told, position.told)
    return hidden + embed(embeddings["step_embedding"], position.at) if "step_embedding" in embeddings else hidden


def is_in_question(tokens: Any, segments: Any, shape: Shape) -> Any:
    """Tell which steps (batch, L) belong to questions, their start marks included: (batch, L) bool."""
    # The question of the second segment ends with the second start mark of the row.
    marks = ops.cast(ops.equal(tokens, shape.start), "int32")
    return ops.less(ops.cumsum(marks, axis=1) - marks, segments)


def positions_of(tokens: Any, segments: Any, in_question: Any, built: BuiltFrom) -> TokenPosition:
    """Tell where the tokens of rows (batch, L) stand."""
    begins, places = begins_segment(segments), places_of_digits(tokens, segments, built.shape.digits)
    if built.options.positions != "places":
        return TokenPosition(count_since(begins, ops.ones_like(tokens)) - 1, places)
    writes = ops.logical_or(ops.logical_not(in_question), ops.equal(tokens, built.shape.start))
    return TokenPosition(places + ops.cast(writes, "int32"), count_since(begins, is_sign(tokens, built.shape)))


def is_sign(tokens: Any, shape: Shape) -> Any:
    """Tell which tokens (batch, L) are neither digits nor padding: (batch, L) bool."""
    return ops.logical_not(is_one_of(tokens, (*shape.digits, shape.pad)))


def bias_of(seen: Any, at: Any, others_at: Any, options: CausalTransformerOptions) -> Any:
    """Return what is added to the scores of what is `seen` (batch, steps, others) and within the window."""
    if options.window:
        seen = ops.logical_and(seen, is_near(at, others_at, options.window))
    return attention_bias(seen)


def turn_at(position: TokenPosition, options: CausalTransformerOptions) -> Turn | None:
    """Return how far queries and keys are turned; not at all where steps are learned."""
    return None if options.positions == "learned" else turn_by(position.at, options.head)
