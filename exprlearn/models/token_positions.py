"""Where tokens stand in rows of several examples, computed in the graph and once for all blocks of a model.

A row holds one or more examples, its segments: 1, 2, … and 0 for padding. Rows may have any length.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from exprlearn.tensors import ops

#: The slowest pair of numbers turns once in about so many steps, over 2π.
BASE = 200.0
NEVER = -1e9


class Turn(NamedTuple):
    """Cosines and sines of the angles by which pairs of numbers are turned: (batch or 1, L, 1, head / 2) float32."""

    cosine: Any
    sine: Any


def steps_of(tokens: Any) -> Any:
    """Number the steps of rows (batch, L) from 0: (1, L) int32."""
    return ops.cumsum(ops.max(ops.ones_like(tokens), axis=0, keepdims=True), axis=1) - 1


def is_one_of(tokens: Any, ids: tuple[int, ...]) -> Any:
    """Tell which tokens (batch, L) are one of some ids: (batch, L) bool."""
    return ops.any(ops.equal(ops.expand_dims(tokens, -1), np.array(ids or (-1,), np.int32)), axis=-1)


def begins_segment(segments: Any) -> Any:
    """Tell where a segment begins in rows (batch, L): (batch, L) bool."""
    is_first = ops.equal(steps_of(segments), 0)
    return ops.logical_or(is_first, ops.not_equal(segments, ops.roll(segments, 1, axis=1)))


def count_since(begins: Any, marks: Any) -> Any:
    """Count the marked steps (batch, L) bool from the last step that `begins` (batch, L) bool on: (batch, L) int32.

    Of `01101` that begins anew at its third step the counts are `01112`.
    """
    marks = ops.cast(marks, "int32")
    count = ops.cumsum(marks, axis=1)
    # Counts never fall, so that the last of those before a beginning is the largest.
    before = ops.expand_dims(ops.where(begins, count - marks, 0), 1)
    return count - ops.max(ops.where(is_later(steps_of(marks)), 0, before), axis=-1)


def places_of_digits(tokens: Any, segments: Any, digits: tuple[int, ...]) -> Any:
    """Return the place of each digit in its number, from 1 on, and 0 for everything else: (batch, L) int32.

    Of `12+345` and `67` in a row they are `12 0 123 12`: a number ends with its segment.
    """
    is_digit = is_one_of(tokens, digits)
    return count_since(ops.logical_or(begins_segment(segments), ops.logical_not(is_digit)), is_digit)


def is_later(steps: Any) -> Any:
    """Tell for each of the steps (1, L), along the second axis, which come after it: (1, L, L) bool."""
    return ops.greater(ops.expand_dims(steps, 1), ops.expand_dims(steps, 2))


def is_near(positions: Any, others: Any, window: int) -> Any:
    """Tell which of others (batch, L) are at most `window` from each of some positions (batch, steps).

    Returns:
        (batch, steps, L) bool.
    """
    return ops.less_equal(ops.abs(ops.expand_dims(positions, 2) - ops.expand_dims(others, 1)), window)


def shares_segment(segments: Any) -> Any:
    """Tell which two steps of rows (batch, L) are of one segment: (batch, L, L) bool."""
    return ops.equal(ops.expand_dims(segments, 2), ops.expand_dims(segments, 1))


def attention_bias(seen: Any) -> Any:
    """Return what is added to scores, so that only what is `seen` (batch, L, L) counts: (batch, 1, L, L) float32."""
    return ops.expand_dims(ops.where(seen, 0.0, NEVER), 1)


def turn_by(positions: Any, head: int) -> Turn:
    """Return how far positions (batch or 1, L) turn the pairs of a head of so many numbers."""
    half = head // 2
    speeds = (BASE ** -(np.arange(half) / half)).astype(np.float32)
    angles = ops.cast(positions, "float32")[:, :, None, None] * speeds
    return Turn(ops.cos(angles), ops.sin(angles))


def turned(vectors: Any, turn: Turn) -> Any:
    """Turn pairs of numbers of vectors (batch, L, heads, head), half a head apart."""
    one, other = ops.split(vectors, 2, axis=-1)
    parts = [one * turn.cosine - other * turn.sine, one * turn.sine + other * turn.cosine]
    return ops.concatenate(parts, axis=-1)
