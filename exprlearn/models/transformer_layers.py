"""The blocks that transformers are made of, of `keras.layers` alone and for rows of any length.

Layers are normalised before they are used (RMS: Zhang & Sennrich 2019), feed-forward layers square what is above zero
(So et al., *Primer*, 2021), queries and keys are turned by their positions (Su et al., *RoFormer*, 2021), and a digit
may know its place in its number by an embedding. All weights but gains are matrices, as the optimizer `muon` likes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pydantic import Field

from exprlearn.models.token_positions import Turn, turned
from exprlearn.plugin import Options, Shape

if TYPE_CHECKING:
    import keras

#: Digits of a number that are told apart by an embedding of their place.
PLACES = 40


class TransformerOptions(Options):
    """Options that every transformer has."""

    units: int = Field(default=96, ge=2, le=2048, description="Width of the layers.")
    layers: int = Field(default=3, ge=1, le=32, description="Blocks of attention and feed-forward layer.")
    feed_forward: int = Field(default=256, ge=1, le=8192, description="Width inside of the feed-forward layers.")
    head: int = Field(default=32, ge=2, le=256, multiple_of=2, description="Width of an attention head.")


class Block:
    """A block's layers, on features (batch, L, units).

    Args:
        layers: by their names without the block's; see `make_block` and `find_block`.
    """

    def __init__(self, layers: dict[str, keras.layers.Layer]) -> None:
        self.layers = layers

    def look(self, hidden: Any, turn: Turn | None, bias: Any) -> Any:
        """Add what each step sees of the others, as far as `bias` (batch, 1, L, L) lets it."""
        queries, keys, values = self.vectors(hidden, turn)
        return hidden + self.joined(attend(queries, keys, values, bias))

    def vectors(self, hidden: Any, turn: Turn | None) -> tuple[Any, Any, Any]:
        """Return queries, keys and values (batch, L, heads, head), the former two turned."""
        normed = self.layers["attention_norm"](hidden)
        queries, keys, values = (
            self.layers["cut"](self.layers[part](normed)) for part in ("queries", "keys", "values")
        )
        return (queries, keys, values) if turn is None else (turned(queries, turn), turned(keys, turn), values)

    def joined(self, seen: Any) -> Any:
        """Bring what the heads saw (batch, L, heads, head) together."""
        return self.layers["join"](self.layers["flat"](seen))

    def feed(self, hidden: Any) -> Any:
        """Add what each step makes of itself."""
        from keras import ops

        inner = self.layers["inner"](self.layers["feed_norm"](hidden))
        return hidden + self.layers["outer"](ops.square(ops.relu(inner)))


def attend(queries: Any, keys: Any, values: Any, bias: Any) -> Any:
    """Mix values by how well queries and keys agree, all of them (batch, steps, heads, head).

    `bias` (batch, 1, steps of queries, steps of keys) is added to the scores.
    """
    from keras import ops

    scores = ops.einsum("bqhd,bkhd->bhqk", queries, keys) / math.sqrt(queries.shape[-1]) + bias
    return ops.einsum("bhqk,bkhd->bqhd", ops.softmax(scores, axis=-1), values)


def make_block(options: TransformerOptions, name: str) -> Block:
    """Make the layers of a block; their names begin with its own."""
    from keras import layers

    heads = max(1, options.units // options.head)
    width = heads * options.head

    def norm(part: str) -> keras.layers.Layer:
        return layers.RMSNormalization(name=f"{name}_{part}")

    made = {
        "attention_norm": norm("attention_norm"),
        **{part: matrix(width, f"{name}_{part}") for part in ("queries", "keys", "values")},
        "cut": layers.Reshape((-1, heads, options.head), name=f"{name}_cut"),
        "flat": layers.Reshape((-1, width), name=f"{name}_flat"),
        "join": matrix(options.units, f"{name}_join", small=True),
        "feed_norm": norm("feed_norm"),
        "inner": matrix(options.feed_forward, f"{name}_inner"),
        "outer": matrix(options.units, f"{name}_outer", small=True),
    }
    return Block(made)


def matrix(units: int, name: str, *, small: bool = False) -> keras.layers.Dense:
    """Make a layer that is a matrix; what adds to the stream begins `small`."""
    import keras

    spread = keras.initializers.VarianceScaling(0.09 if small else 1.0, "fan_in", "untruncated_normal")
    return keras.layers.Dense(units, use_bias=False, kernel_initializer=spread, name=name)


def digit_features(places: Any, units: int) -> Any:
    """Return what tells digits their places in their numbers, (batch, L) int32 → (batch, L, units)."""
    import keras
    from keras import ops

    normal = keras.initializers.RandomNormal(stddev=0.5)
    embedding = keras.layers.Embedding(PLACES, units, embeddings_initializer=normal, name="place_embedding")
    return embedding(ops.minimum(places, PLACES - 1))


def logits_of(hidden: Any, shape: Shape) -> Any:
    """Turn what the last block says (batch, L, units) into logits (batch, L, vocabulary_size)."""
    from keras import layers

    normed = layers.RMSNormalization(name="norm")(hidden)
    return layers.Dense(shape.vocabulary_size, use_bias=False, kernel_initializer="zeros", name="logits")(normed)
