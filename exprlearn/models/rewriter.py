"""`rewriter`: a transformer that writes a line anew over itself, one round of calculations at a time.

Layers are normalised before they are used (RMS), feed-forward layers square what is above zero, queries and keys are
turned by the step (rotary positions), and a digit knows its place in its number by an embedding. A window limits how
far a step looks: what is to be done is near. All weights but gains are matrices, as the optimizer `muon` likes them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from exprlearn.models.layers import features_of
from exprlearn.plugin import ModelSpec, Options, Shape

if TYPE_CHECKING:
    import keras

#: Digits of a number that are told apart by their place.
PLACES = 40
#: The slowest pair of numbers turns once in about so many steps, over 2π.
BASE = 200.0
NEVER = -1e9


class RewriterOptions(Options):
    """Options of `rewriter`."""

    units: int = Field(default=96, ge=2, le=2048, description="Width of the layers.")
    layers: int = Field(default=3, ge=1, le=32, description="Blocks of attention and feed-forward layer.")
    feed_forward: int = Field(default=256, ge=1, le=8192, description="Width inside of the feed-forward layers.")
    head: int = Field(default=32, ge=2, le=256, multiple_of=2, description="Width of an attention head.")
    rule: Literal["all", "first"] = Field(
        default="all", description="Do all calculations that can be done in a round, or the first of them."
    )
    window: int = Field(default=7, ge=0, description="Steps that attention looks to either side; 0 is everywhere.")


def build(shape: Shape, options: RewriterOptions) -> keras.Model:
    """Build the model: source (batch, L) int32 → logits (batch, L, vocabulary_size)."""
    import keras
    from keras import layers, ops

    source = keras.Input((shape.source_length,), dtype="int32", name="source")
    normal = keras.initializers.RandomNormal(stddev=0.5)
    places = layers.Embedding(PLACES, options.units, embeddings_initializer=normal, name="place_embedding")
    features = features_of(shape, width=options.units, name="source_features")(source)
    hidden = layers.Dense(options.units, use_bias=False, name="source_embedding")(features)
    hidden = hidden + places(places_of_digits(source, shape))
    bias = attention_bias(source, shape, options.window)
    for number in range(options.layers):
        name = f"block_{number}"
        normed = layers.RMSNormalization(name=f"{name}_attention_norm")(hidden)
        hidden = hidden + attention(normed, bias, options, name=name)
        normed = layers.RMSNormalization(name=f"{name}_feed_norm")(hidden)
        inner = _dense(options.feed_forward, f"{name}_inner")(normed)
        hidden = hidden + _dense(options.units, f"{name}_outer", small=True)(ops.square(ops.relu(inner)))
    normed = layers.RMSNormalization(name="norm")(hidden)
    logits = layers.Dense(shape.vocabulary_size, use_bias=False, kernel_initializer="zeros", name="logits")(normed)
    return keras.Model([source], logits, name="rewriter")


def attention(normed: Any, bias: Any, options: RewriterOptions, *, name: str) -> Any:
    """Look at other steps of features (batch, L, units), as far as `bias` (batch, 1, L, L) lets."""
    from keras import ops

    length = normed.shape[1]
    heads = max(1, options.units // options.head)

    def cut(part: str) -> Any:
        made = _dense(heads * options.head, f"{name}_{part}")(normed)
        return ops.transpose(ops.reshape(made, (-1, length, heads, options.head)), (0, 2, 1, 3))

    queries, keys, values = (cut(part) for part in ("queries", "keys", "values"))
    scores = ops.matmul(turned(queries), ops.transpose(turned(keys), (0, 1, 3, 2))) / math.sqrt(options.head)
    seen = ops.matmul(ops.softmax(scores + bias, axis=-1), values)
    joined = ops.reshape(ops.transpose(seen, (0, 2, 1, 3)), (-1, length, heads * options.head))
    return _dense(options.units, f"{name}_join", small=True)(joined)


def turned(vectors: Any) -> Any:
    """Turn pairs of numbers of vectors (batch, heads, L, head) by angles that grow with the step."""
    from keras import ops

    length, half = vectors.shape[2], vectors.shape[3] // 2
    angles = np.arange(length)[:, None] * BASE ** -(np.arange(half) / half)[None]
    cosine, sine = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
    one, other = vectors[..., :half], vectors[..., half:]
    return ops.concatenate([one * cosine - other * sine, one * sine + other * cosine], axis=-1)


def places_of_digits(source: Any, shape: Shape) -> Any:
    """Return the place of each digit in its number, from 1 on, and 0 for everything else: (batch, L) int32."""
    from keras import ops

    steps = np.arange(shape.source_length, dtype=np.int32)
    is_digit = ops.any(ops.equal(source[:, :, None], np.array(shape.digits or (-1,), np.int32)), axis=-1)
    # Of `12+345`, the last step before each that is no digit is -1 -1 2 2 2 2.
    before = ops.logical_and(ops.logical_not(is_digit)[:, None, :], (steps[None, :] <= steps[:, None])[None])
    last = ops.max(ops.where(before, steps[None, None, :], -1), axis=-1)
    return ops.cast(ops.where(is_digit, ops.minimum(ops.subtract(steps[None, :], last), PLACES - 1), 0), "int32")


def attention_bias(source: Any, shape: Shape, window: int) -> Any:
    """Return what keeps steps from looking at padding and beyond the window, (batch, 1, L, L) float32."""
    from keras import ops

    steps = np.arange(shape.source_length)
    near = np.abs(steps[:, None] - steps[None, :]) <= (window or shape.source_length)
    seen = ops.logical_and(ops.not_equal(source, shape.pad)[:, None, None, :], near[None, None])
    # A step of padding sees itself, so that nothing is divided by nothing.
    seen = ops.logical_or(seen, np.eye(shape.source_length, dtype=bool)[None, None])
    return ops.where(seen, 0.0, NEVER)


def _dense(units: int, name: str, *, small: bool = False) -> keras.layers.Dense:
    """Make a matrix; what adds to the stream begins `small`."""
    import keras

    spread = keras.initializers.VarianceScaling(0.09 if small else 1.0, "fan_in", "untruncated_normal")
    return keras.layers.Dense(units, use_bias=False, kernel_initializer=spread, name=name)


SPEC = ModelSpec(
    name="rewriter",
    summary="Transformer that writes an expression anew, calculation by calculation, until it is a number.",
    framing="rewriting",
    options=RewriterOptions,
    build=build,
    defaults={
        "training.optimizer.name": "muon",
        "training.schedule.name": "trapezoid",
        "training.learning_rate": 3e-3,
        "training.batch_size": 128,
    },
)
