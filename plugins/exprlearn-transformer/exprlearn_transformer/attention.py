"""Attention: each token asks, and mixes what the tokens it sees have to say."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

UNSEEN = -1e9


class Attention(keras.layers.Layer):
    """Several heads that look at remembered keys and mix the values beside them.

    Args:
        width: numbers a token, shared out among the heads.
        heads: how many.
        turned: turns queries and keys (batch, steps, heads, size) by their places; None leaves them as they are.
    """

    def __init__(self, width: int, heads: int, turned: Any = None, **settings: Any) -> None:
        super().__init__(**settings)
        self.width, self.heads, self.turned = width, heads, turned
        self.query, self.key, self.value, self.merge = (
            keras.layers.Dense(width, use_bias=False, name=name) for name in ("query", "key", "value", "merge")
        )

    def build(self, shape: Any) -> None:
        """Make the weights."""
        for layer in (self.query, self.key, self.value, self.merge):
            layer.build((None, None, self.width))

    def remember(self, hidden: Any, places: Any = None) -> tuple[Any, Any]:
        """Return keys and values of tokens (batch, steps, width), each (batch, steps, heads, size)."""
        keys, values = self._shared_out(self.key(hidden)), self._shared_out(self.value(hidden))
        return (keys if self.turned is None else self.turned(keys, places)), values

    def call(self, hidden: Any, keys: Any, values: Any, visible: Any, places: Any = None) -> Any:
        """Let tokens (batch, steps, width) look where `visible`, (batch or 1, steps or 1, keys) bool, lets them."""
        queries = self._shared_out(self.query(hidden))
        if self.turned is not None:
            queries = self.turned(queries, places)
        scores = ops.einsum("bqhd,bkhd->bhqk", queries, keys) * (self.width // self.heads) ** -0.5
        weights = ops.softmax(ops.where(ops.expand_dims(visible, 1), scores, UNSEEN), axis=-1)
        mixed = ops.einsum("bhqk,bkhd->bqhd", weights, values)
        return self.merge(ops.reshape(mixed, (-1, hidden.shape[1], self.width)))

    def _shared_out(self, hidden: Any) -> Any:
        return ops.reshape(hidden, (-1, hidden.shape[1], self.heads, self.width // self.heads))
