"""Beam search: the most probable answers, where greedy decoding takes the most probable token at each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.decoding.stepping import Stepping
from exprlearn.errors import OptionError
from exprlearn.plugin import Shape
from exprlearn.tensors import ops

#: Wider beams cost memory for answers that nobody reads.
WIDEST = 256


@dataclass(frozen=True)
class Beams:
    """The likeliest rows of tokens that a search found, the most probable one first.

    Attributes:
        ids: tokens (n, width, target_length) int32.
        log_probabilities: of each row, its end mark included (n, width) float32; -inf where there is no further row.
    """

    ids: NDArray[np.int32]
    log_probabilities: NDArray[np.float32]


def checked_width(width: int) -> int:
    """Return the width of a beam.

    Raises:
        OptionError: it is too small or too large.

    >>> checked_width(4)
    4
    """
    if not 1 <= width <= WIDEST:
        raise OptionError(f"a beam of {width}: choose 1, which is greedy decoding, to {WIDEST} (--beam 5)")
    return width


def search(source: Any, stepping: Stepping, shape: Shape, width: int) -> tuple[Any, Any]:
    """Keep the `width` most probable beginnings of an answer from step to step, until all of them have ended.

    An answer that has ended keeps its probability and its place until more probable ones take it. Where every step
    stands alone, beginnings are compared by the best answer each can still become, so that none is ever lost by
    mistake; elsewhere an answer is lost when its beginning is not among the best.

    Args:
        source: (n, source_length) int32.
        stepping: how the model writes.
        shape: its sizes and marks.
        width: beginnings that are kept of every answer.

    Returns:
        Rows of tokens (n, width, target_length) int32 and their log probabilities (n, width), best first.
    """
    count = ops.shape(source)[0]
    state = stepping.begin(source)
    outlook = None if stepping.outlook is None else stepping.outlook(state)
    beams = _Width(count, width, shape, stepping.shared, outlook)

    def go_on(index: Any, token: Any, scores: Any, ended: Any, *rest: Any) -> Any:
        over = ops.logical_or(ended, ops.equal(scores, -np.inf))
        return ops.logical_and(index < shape.target_length, ops.logical_not(ops.all(over)))

    def body(index: Any, token: Any, scores: Any, ended: Any, ids: Any, *state: Any) -> tuple[Any, ...]:
        logits, new_state = stepping.advance(index, token, list(state))
        return beams.narrowed(index, logits, scores, ended, ids, new_state)

    first = (
        ops.convert_to_tensor(0, dtype="int32"),
        ops.full((count * width, 1), shape.start, dtype="int32"),
        # One beginning, the empty one: the others are improbable copies of it.
        ops.tile(ops.where(ops.equal(ops.arange(width), 0), 0.0, -np.inf)[None, :], (count, 1)),
        ops.zeros((count, width), dtype="bool"),
        ops.full((count, width, shape.target_length), shape.pad, dtype="int32"),
        *(ops.repeat(tensor, width, axis=0) for tensor in state),
    )
    _, _, scores, _, ids, *_ = ops.while_loop(go_on, body, first)
    return ids, scores


@dataclass(frozen=True)
class _Width:
    """What a search needs to choose the best among all ways to write one more token."""

    count: Any
    width: int
    shape: Shape
    shared: tuple[bool, ...]
    outlook: Any

    def narrowed(self, index: Any, logits: Any, scores: Any, ended: Any, ids: Any, state: list[Any]) -> tuple[Any, ...]:
        """Choose the best beginnings, and carry states and texts over to them."""
        size = self.shape.vocabulary_size
        worth = ops.reshape(self._extended(logits, scores, ended), (self.count, self.width * size))
        _, places = ops.top_k(self._ranked(index, worth, ended), self.width)
        places = ops.cast(places, "int32")
        parents, chosen = places // size, places % size
        here = ops.equal(ops.arange(self.shape.target_length), index)
        ids = ops.where(here, chosen[:, :, None], ops.take_along_axis(ids, parents[:, :, None], axis=1))
        over = ops.logical_or(ops.take_along_axis(ended, parents, axis=1), ops.equal(chosen, self.shape.end))
        rows = ops.reshape(ops.arange(self.count, dtype="int32")[:, None] * self.width + parents, (-1,))
        moved = zip(state, self.shared, strict=True)
        return (
            index + 1,
            ops.reshape(chosen, (-1, 1)),
            ops.take_along_axis(worth, places, axis=1),
            over,
            ids,
            *(tensor if is_shared else ops.take(tensor, rows, axis=0) for tensor, is_shared in moved),
        )

    def _extended(self, logits: Any, scores: Any, ended: Any) -> Any:
        """Return log probabilities (count, width, size) after one more token; what has ended goes on with padding."""
        tokens = ops.arange(self.shape.vocabulary_size)
        steps = ops.reshape(ops.log_softmax(logits, axis=-1), (self.count, self.width, -1))
        padding = ops.where(ops.equal(tokens, self.shape.pad), 0.0, -np.inf)
        return scores[:, :, None] + ops.where(ended[:, :, None], padding, steps)

    def _ranked(self, index: Any, worth: Any, ended: Any) -> Any:
        """Return what candidates (count, width * size) are compared by."""
        if self.outlook is None:
            return worth
        is_end = ops.equal(ops.arange(self.shape.vocabulary_size), self.shape.end)
        over = ops.reshape(ops.logical_or(ended[:, :, None], is_end), ops.shape(worth))
        hoped = ops.take(self.outlook, index + 1, axis=1)
        return ops.where(over, worth, worth + hoped[:, None])
