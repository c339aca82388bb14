"""Which place each token has, and in which part: its step, or, for digits, the place within their number."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from exprlearn.plugin import Shape


class Steps(keras.layers.Layer):
    """Counts tokens one after the other, from 1; there are no parts."""

    parts = 0

    def __init__(self, shape: Shape, *, is_written: bool, **settings: Any) -> None:
        super().__init__(**settings)

    @staticmethod
    def needed(shape: Shape) -> int:
        """Return how many places there are."""
        return max(shape.source_length, shape.target_length) + 1

    def call(self, ids: Any) -> tuple[Any, Any]:
        """Return places and parts (batch, steps) int32 of ids (batch, steps)."""
        return ops.ones_like(ids) + ops.arange(ids.shape[1], dtype="int32"), ops.zeros_like(ids)

    def next(self, token: Any, before: Any) -> tuple[Any, Any, Any]:
        """Return place and part (batch, 1) of a token behind others, and `before` (batch, 2) with it counted."""
        return before[:, :1] + 1, before[:, 1:], before + ops.array([1, 0], "int32")


class Digits(keras.layers.Layer):
    """Counts the digits of each number in the order they are read; parts are counted by the signs before them.

    With sources and answers written from the units on, as they are by default, digits of one weight have one place
    whatever the length of their numbers: the idea of McLeish et al., *Transformers Can Do Arithmetic with the Right
    Embeddings* (2024). What is no digit has place 0. In an answer a token has the place of the digit that may follow
    it, for that is what is written at its step.
    """

    parts = 16

    def __init__(self, shape: Shape, *, is_written: bool, **settings: Any) -> None:
        super().__init__(**settings)
        self.digits, self.pad, self.is_written = shape.digits, shape.pad, is_written

    @staticmethod
    def needed(shape: Shape) -> int:
        """Return how many places there are."""
        return max(shape.source_length, shape.target_length) + 2

    def call(self, ids: Any) -> tuple[Any, Any]:
        """Return places and parts (batch, steps) int32 of ids (batch, steps)."""
        digits, signs = self._kinds(ids)
        numbers, steps = ops.cumsum(1 - digits, axis=1), ops.arange(ids.shape[1])
        are_together = ops.equal(numbers[:, :, None], numbers[:, None, :])
        are_read = ops.logical_and(are_together, steps[:, None] >= steps[None, :])
        places = ops.sum(ops.cast(are_read, "int32") * digits[:, None, :], axis=2)
        return places + int(self.is_written), self._part(ops.cumsum(signs, axis=1))

    def next(self, token: Any, before: Any) -> tuple[Any, Any, Any]:
        """Return place and part (batch, 1) of a token behind others, and `before` (batch, 2) with it counted."""
        digits, signs = self._kinds(token)
        place, part = (before[:, :1] + 1) * digits, before[:, 1:] + signs
        return place + int(self.is_written), self._part(part), ops.concatenate([place, part], axis=1)

    def _kinds(self, ids: Any) -> tuple[Any, Any]:
        """Mark digits, and what is neither digit nor padding, with 1; both int32 in the shape of ids."""
        digits = ops.any(ops.equal(ids[..., None], ops.array(self.digits, "int32")), axis=-1)
        signs = ops.logical_and(ops.logical_not(digits), ops.not_equal(ids, self.pad))
        return ops.cast(digits, "int32"), ops.cast(signs, "int32")

    def _part(self, signs: Any) -> Any:
        return ops.minimum(signs, self.parts - 1)


class Shift(keras.layers.Layer):
    """Draws for each row, in training, how far its places are moved, so that all that are known are learned."""

    def __init__(self, most: int, **settings: Any) -> None:
        super().__init__(**settings)
        self.most, self.seeds = most, keras.random.SeedGenerator()

    def call(self, ids: Any, training: bool = False) -> Any:
        """Return (batch, 1) int32, 0 unless in training."""
        nothing = ops.zeros_like(ids[:, :1])
        if not training or not self.most:
            return nothing
        return keras.random.randint(ops.shape(nothing), 0, self.most + 1, seed=self.seeds)


def moved(places: Any, shift: Any) -> Any:
    """Move places (batch, steps) that are not 0 by shift (batch, 1)."""
    return ops.where(places > 0, places + shift, 0)


PLACES: dict[str, Any] = {"steps": Steps, "digits": Digits}
