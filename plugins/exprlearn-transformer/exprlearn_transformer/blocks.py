"""The blocks that both sides are stacked from; each part adds to what came in, a norm before it."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from exprlearn_transformer import TransformerOptions
from exprlearn_transformer.attention import Attention


class EncoderBlock(keras.layers.Layer):
    """Tokens of the source look at each other, then each thinks for itself."""

    def __init__(self, options: TransformerOptions, turned: Any = None, **settings: Any) -> None:
        super().__init__(**settings)
        self.width = options.width
        self.look_norm, self.think_norm = norm("look_norm"), norm("think_norm")
        self.look = Attention(options.width, options.heads, turned, name="look")
        self.think = thinking(options)
        self.dropout = keras.layers.Dropout(options.dropout)

    def build(self, shape: Any) -> None:
        """Make the weights."""
        for layer in (self.look_norm, self.look, self.think_norm, self.think):
            layer.build((None, None, self.width))

    def call(self, hidden: Any, visible: Any, places: Any) -> Any:
        """Go on from tokens (batch, steps, width); `visible` (batch, 1, steps) bool marks those that are no padding."""
        known = self.look_norm(hidden)
        hidden = hidden + self.dropout(self.look(known, *self.look.remember(known, places), visible, places))
        return hidden + self.dropout(self.think(self.think_norm(hidden)))


class DecoderBlock(keras.layers.Layer):
    """Tokens of the answer look back, then at the source, then each thinks for itself."""

    def __init__(self, options: TransformerOptions, turned: Any = None, **settings: Any) -> None:
        super().__init__(**settings)
        self.width = options.width
        self.back_norm, self.look_norm, self.think_norm = norm("back_norm"), norm("look_norm"), norm("think_norm")
        self.back = Attention(options.width, options.heads, turned, name="back")
        self.look = Attention(options.width, options.heads, turned, name="look")
        self.think = thinking(options)
        self.dropout = keras.layers.Dropout(options.dropout)

    def build(self, shape: Any) -> None:
        """Make the weights."""
        for layer in (self.back_norm, self.back, self.look_norm, self.look, self.think_norm, self.think):
            layer.build((None, None, self.width))

    def call(self, hidden: Any, places: Any, memory: Any, source_places: Any, visible: Any) -> Any:
        """Go on from all tokens (batch, steps, width) at once; none of them sees a later one.

        `memory` (batch, source steps, width) is the source, read; `visible` as in `EncoderBlock`.
        """
        known = self.back_norm(hidden)
        steps = ops.arange(hidden.shape[1])
        is_past = (steps[None, :] <= steps[:, None])[None]
        hidden = hidden + self.dropout(self.back(known, *self.back.remember(known, places), is_past, places))
        return self._onwards(hidden, places, *self.look.remember(memory, source_places), visible)

    def step(self, hidden: Any, places: Any, at: Any, written: Any, source: Any) -> tuple[Any, list[Any]]:
        """Go on from one token (batch, 1, width).

        Args:
            hidden: the token.
            places: its place (batch, 1).
            at: the number of the step (batch, 1).
            written: keys and values (batch, target_length, heads, size) of the tokens before it.
            source: keys and values of the source, and what is visible of it.

        Returns:
            The token, and keys and values with its own among them.
        """
        known = self.back_norm(hidden)
        steps = ops.arange(written[0].shape[1])[None, :]
        here = ops.equal(at, steps)[:, :, None, None]
        new = self.back.remember(known, places)
        written = [ops.where(here, now, before) for now, before in zip(new, written, strict=True)]
        is_past = ops.expand_dims(at >= steps, 1)
        hidden = hidden + self.back(known, *written, is_past, places)
        return self._onwards(hidden, places, *source), written

    def _onwards(self, hidden: Any, places: Any, keys: Any, values: Any, visible: Any) -> Any:
        hidden = hidden + self.dropout(self.look(self.look_norm(hidden), keys, values, visible, places))
        return hidden + self.dropout(self.think(self.think_norm(hidden)))


def norm(name: str) -> keras.layers.Layer:
    """Make what brings the numbers of each token to one scale."""
    return keras.layers.LayerNormalization(epsilon=1e-6, name=name)


def thinking(options: TransformerOptions) -> keras.Sequential:
    """Make the two layers that each token goes through alone."""
    wide = keras.layers.Dense(options.feed_forward, activation="relu", name="wide")
    return keras.Sequential([wide, keras.layers.Dense(options.width, name="narrow")], name="think")
