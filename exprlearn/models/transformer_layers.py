"""The blocks that transformers are made of, of `keras.layers` alone and for rows of any length.

Layers are normalised before they are used (RMS: Zhang & Sennrich 2019), feed-forward layers square what is above zero
(So et al., *Primer*, 2021), queries and keys are turned by their positions (Su et al., *RoFormer*, 2021), and a digit
may know its place in its number by an embedding. All weights but gains are matrices, as the optimizer `muon` likes.
"""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field

from exprlearn.models.token_positions import Turn, turned
from exprlearn.plugin import Options, Shape
from exprlearn.tensors import keras, ops

#: Digits of a number that are told apart by an embedding of their place.
PLACES = 40
#: What transformers learn best with.
TRANSFORMER_DEFAULTS = {
    "training.optimizer.name": "muon",
    "training.optimizer.rate": 0.01,
    "training.schedule.name": "trapezoid",
    "training.learning_rate": 3e-3,
    "training.batch_size": 64,
    "training.epochs": 16,
    "data.mix": "size",
}
#: Those that write answers step by step write a line after each calculation; an epoch takes them longer.
WRITING_DEFAULTS = {**TRANSFORMER_DEFAULTS, "training.epochs": 11, "working.name": "expressions"}
#: What attention makes of each step.
VECTORS = ("queries", "keys", "values")


class TransformerOptions(Options):
    """Options that every transformer has."""

    units: int = Field(default=96, ge=2, le=2048, description="Width of the layers.")
    layers: int = Field(default=3, ge=1, le=32, description="Blocks of attention and feed-forward layer.")
    feed_forward: int = Field(default=256, ge=1, le=8192, description="Width inside of the feed-forward layers.")
    head: int = Field(default=32, ge=2, le=256, multiple_of=2, description="Width of an attention head.")


class TransformerBlock:
    """Attention, then a feed-forward layer; each adds to the features (batch, L, units) what it makes of them.

    Args:
        layers: by their names without the block's.
    """

    def __init__(self, layers: dict[str, keras.layers.Layer]) -> None:
        self.layers = layers

    @classmethod
    def made(cls, options: TransformerOptions, number: int) -> TransformerBlock:
        """Make the layers of the block of a number."""
        name = name_block(number)
        heads = max(1, options.units // options.head)
        width = heads * options.head
        made = {
            "attention_norm": keras.layers.RMSNormalization(name=f"{name}_attention_norm"),
            **{part: matrix(width, f"{name}_{part}") for part in VECTORS},
            "cut": keras.layers.Reshape((-1, heads, options.head), name=f"{name}_cut"),
            "flat": keras.layers.Reshape((-1, width), name=f"{name}_flat"),
            "join": matrix(options.units, f"{name}_join", small=True),
            "feed_norm": keras.layers.RMSNormalization(name=f"{name}_feed_norm"),
            "inner": matrix(options.feed_forward, f"{name}_inner"),
            "outer": matrix(options.units, f"{name}_outer", small=True),
        }
        return cls(made)

    @classmethod
    def all_of(cls, model: keras.Model) -> list[TransformerBlock]:
        """Find the blocks of a built model."""
        layers = {layer.name: layer for layer in model.layers}
        blocks: list[TransformerBlock] = []
        while (start := f"{name_block(len(blocks))}_") + "queries" in layers:
            parts = {name.removeprefix(start): layer for name, layer in layers.items() if name.startswith(start)}
            blocks.append(cls(parts))
        return blocks

    def vectors(self, hidden: Any, turn: Turn | None) -> tuple[Any, Any, Any]:
        """Return queries, keys and values (batch, heads, L, head), the former two turned."""
        normed = self.layers["attention_norm"](hidden)
        queries, keys, values = (self.layers["cut"](self.layers[part](normed)) for part in VECTORS)
        if turn is not None:
            queries, keys = turned(queries, turn), turned(keys, turn)
        queries, keys, values = (ops.transpose(each, (0, 2, 1, 3)) for each in (queries, keys, values))
        return queries, keys, values

    def add(self, hidden: Any, queries: Any, keys: Any, values: Any, bias: Any) -> Any:
        """Add what each step sees of the others, and what it makes of that itself.

        Args:
            hidden: features (batch, steps, units).
            queries: of these steps (batch, heads, steps, head).
            keys: of the steps that may be seen (batch, heads, seen steps, head).
            values: as the keys.
            bias: is added to the scores (batch, 1, steps, seen steps).
        """
        scores = ops.matmul(queries, ops.transpose(keys, (0, 1, 3, 2))) / math.sqrt(queries.shape[-1]) + bias
        seen = ops.transpose(ops.matmul(ops.softmax(scores, axis=-1), values), (0, 2, 1, 3))
        hidden = hidden + self.layers["join"](self.layers["flat"](seen))
        inner = self.layers["inner"](self.layers["feed_norm"](hidden))
        return hidden + self.layers["outer"](ops.square(ops.relu(inner)))

    def __call__(self, hidden: Any, turn: Turn | None, bias: Any) -> Any:
        """Let all steps see each other as far as `bias` (batch, 1, L, L) lets them."""
        return self.add(hidden, *self.vectors(hidden, turn), bias)


def name_block(number: int) -> str:
    """Name a block, as the names of its layers begin.

    >>> name_block(0)
    'block_0'
    """
    return f"block_{number}"


def matrix(units: int, name: str, *, small: bool = False) -> keras.layers.Dense:
    """Make a layer that is a matrix; what adds to the stream begins `small`."""
    spread = keras.initializers.VarianceScaling(0.09 if small else 1.0, "fan_in", "untruncated_normal")
    return keras.layers.Dense(units, use_bias=False, kernel_initializer=spread, name=name)


def embedding(count: int, units: int, name: str) -> keras.layers.Embedding:
    """Make a table of what is learned of each of `count` ids."""
    normal = keras.initializers.RandomNormal(stddev=0.5)
    return keras.layers.Embedding(count, units, embeddings_initializer=normal, name=name)


def embed(table: keras.layers.Embedding, positions: Any) -> Any:
    """Look positions (batch, L) up, those behind the end of the table as its last: (batch, L, units)."""
    return table(ops.minimum(positions, table.input_dim - 1))


def logits_of(hidden: Any, shape: Shape) -> Any:
    """Turn what the last block says (batch, L, units) into logits (batch, L, vocabulary_size)."""
    normed = keras.layers.RMSNormalization(name="norm")(hidden)
    return keras.layers.Dense(shape.vocabulary_size, use_bias=False, kernel_initializer="zeros", name="logits")(normed)
