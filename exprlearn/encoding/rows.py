"""Rows of ids: counting their tokens, packing them to the left and laying them out again."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.parsing import quoted
from exprlearn.encoding.vocabulary import PAD, Vocabulary
from exprlearn.errors import EncodingError

Number = TypeVar("Number", bound=np.generic)


def lengths(ids: NDArray[Number]) -> NDArray[np.int64]:
    """Count the tokens of each row: (n, width) -> (n,)."""
    return _counts(ids != PAD)


def _counts(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count what each row marks: (n, width) -> (n,); eight steps at a time, for rows are short and many."""
    rows, width = flags.shape
    words = np.zeros((rows, -(-width // 8) * 8), np.bool_)
    words[:, :width] = flags
    counts = np.zeros(rows, np.int64)
    for column in words.view(np.uint64).T:
        counts += np.bitwise_count(column)
    return counts


def is_packed(taken: NDArray[np.bool_]) -> bool:
    """Tell whether no row (n, width) has an unmarked step before a marked one.

    >>> is_packed(np.array([[True, False], [True, True]])), is_packed(np.array([[False, True]]))
    (True, False)
    """
    if taken.size == 0:
        return True
    # Between the steps of one row and from one row to the next, all in one go; then the latter are taken away.
    steps = taken.reshape(-1)
    begun = int(np.count_nonzero(steps[1:] > steps[:-1]))
    return begun == int(np.count_nonzero(taken[1:, 0] > taken[:-1, -1]))


def packed(ids: NDArray[Number]) -> NDArray[Number]:
    """Drop padding: move the tokens of each row to its left, in order, and cut what no row needs.

    >>> packed(np.array([[0, 5, 0, 7], [6, 0, 0, 0]]))
    array([[5, 7],
           [6, 0]])
    """
    taken = ids != PAD
    if is_packed(taken):
        longest = ids.shape[1]
        while longest and not taken[:, longest - 1].any():
            longest -= 1
        return ids[:, :longest]
    counts = _counts(taken)
    longest = int(counts.max(initial=0))
    rows = np.zeros((len(ids), longest), dtype=ids.dtype)
    rows[np.arange(longest) < counts[:, None]] = ids[taken]
    return rows


def turned(ids: NDArray[Number], counts: NDArray[np.int64], width: int) -> NDArray[Number]:
    """Write packed rows (n, longest) back to front, as packed rows (n, width) with room for the longest.

    >>> ids = np.array([[5, 6, 7], [8, 0, 0]])
    >>> turned(ids, lengths(ids), 4)
    array([[7, 6, 5, 0],
           [8, 0, 0, 0]])
    """
    steps = columns(ids)
    rows, alive = np.zeros((len(ids), width), steps.dtype), np.arange(len(ids))
    cells, last = rows.reshape(-1), alive * width + counts - 1
    for step, tokens in enumerate(steps):
        left = tokens.take(alive)
        if not left.all():
            kept = np.flatnonzero(left)
            alive, last, left = alive[kept], last[kept], left[kept]
        cells[last - step] = left
    return rows.astype(ids.dtype)


def columns(ids: NDArray[Any]) -> NDArray[Any]:
    """Return rows of ids (n, width) as columns (width, n), in the narrowest type that holds them.

    Short rows are worked on column by column: one step of all rows at a time.
    """
    kind = np.min_scalar_type(int(ids.max(initial=0)))
    return np.ascontiguousarray(ids.astype(kind, copy=False).T)


def runs(flags: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Find the runs of marked steps (n, width), row by row from left to right: their rows, starts and lengths.

    >>> [found.tolist() for found in runs(np.array([[True, True, False, True], [False, True, False, False]]))]
    [[0, 0, 1], [0, 3, 1], [2, 1, 1]]
    """
    edges = np.zeros((len(flags), flags.shape[1] + 2), dtype=np.int8)
    edges[:, 1:-1] = flags
    changes = np.diff(edges, axis=1)
    rows, starts = np.nonzero(changes == 1)
    return rows, starts, np.nonzero(changes == -1)[1] - starts


def text_of(ids: NDArray[np.int32], vocabulary: Vocabulary) -> str:
    """Write one row of ids as text for a message."""
    return "".join(vocabulary.symbol(int(number)) for number in ids if number != PAD)


def refuse_too_long(needed: NDArray[np.int64], ids: NDArray[np.int32], vocabulary: Vocabulary, width: int) -> None:
    """Refuse rows of ids (n, longest) that need more steps than a row has.

    Raises:
        EncodingError: with the first such text, the steps it needs and the steps there are.
    """
    if int(needed.max(initial=0)) <= width:
        return
    row = int(np.argmax(needed > width))
    raise EncodingError(
        f"{quoted(text_of(ids[row], vocabulary))} needs {needed[row]} steps, a row has {width}: "
        "write a shorter one, or train with larger grammar sizes" + _hint(vocabulary)
    )


def _hint(vocabulary: Vocabulary) -> str:
    """Name what lays out wider rows, where numbers are not written digit by digit."""
    if set("0123456789") <= vocabulary.ids.keys():
        return ""
    return "; a tokenizer that takes more tokens for a number than it has digits tells how many by digit_steps"


def checked(ids: NDArray[np.integer[Any]], vocabulary: Vocabulary) -> NDArray[np.int32]:
    """Return ids (n, width) as int32 when each is one of the vocabulary's.

    Raises:
        EncodingError: an id that the vocabulary does not have.
    """
    for extreme in (ids.min(initial=0), ids.max(initial=0)):
        vocabulary.symbol(int(extreme))
    return ids.astype(np.int32, copy=False)
