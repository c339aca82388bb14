"""Rows of ids and of code points: counting their tokens, packing them to the left and laying them out again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.parsing import quoted
from exprlearn.encoding.vocabulary import PAD, Vocabulary
from exprlearn.errors import EncodingError

Number = TypeVar("Number", bound=np.generic)


def lengths(ids: NDArray[Number]) -> NDArray[np.int64]:
    """Count the tokens of each row: (n, width) -> (n,)."""
    counts: NDArray[np.int64] = (ids != PAD).sum(axis=1)
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
    counts = taken.sum(axis=1)
    longest = int(counts.max(initial=0))
    rows = np.zeros((len(ids), longest), dtype=ids.dtype)
    rows[np.arange(longest) < counts[:, None]] = ids[taken]
    return rows


def turned(ids: NDArray[Number], counts: NDArray[np.int64], width: int) -> NDArray[Number]:
    """Reverse packed rows (n, longest), as packed rows (n, width) with room for the longest.

    >>> ids = np.array([[5, 6, 7], [8, 0, 0]])
    >>> turned(ids, lengths(ids), 4)
    array([[7, 6, 5, 0],
           [8, 0, 0, 0]])
    """
    rows = np.zeros((len(ids), width), ids.dtype)
    last = counts[:, None] - 1 - np.arange(ids.shape[1])
    rows[:, : ids.shape[1]] = np.where(last < 0, PAD, np.take_along_axis(ids, np.maximum(last, 0), axis=1))
    return rows


def numbers_turned(ids: NDArray[Number], numerals: NDArray[np.bool_]) -> NDArray[Number]:
    """Reverse each number of rows (n, width), where it stands; its own inverse.

    Args:
        ids: the rows.
        numerals: for each id whether it is made of digits, bool (vocabulary_size,).

    >>> numbers_turned(np.array([[5, 6, 1, 7, 8]]), np.array([0, 0, 0, 0, 0, 1, 1, 1, 1], bool))
    array([[6, 5, 1, 8, 7]])
    """
    steps = np.arange(ids.shape[1])
    is_digit = numerals[ids]
    edges = np.zeros((len(ids), ids.shape[1] + 2), bool)
    edges[:, 1:-1] = is_digit
    # A digit goes as far from the end of its number as it was from the start.
    begins = np.maximum.accumulate(np.where(is_digit & ~edges[:, :-2], steps, 0), axis=1)
    ends = np.where(is_digit & ~edges[:, 2:], steps, ids.shape[1])[:, ::-1]
    places = begins + np.minimum.accumulate(ends, axis=1)[:, ::-1] - steps
    return np.take_along_axis(ids, np.where(is_digit, places, steps), axis=1)


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


Texts = Sequence[str] | NDArray[np.str_]


def text_array(texts: Texts) -> NDArray[np.str_]:
    """Return texts as one contiguous '<U' array (n,).

    Raises:
        EncodingError: a text with a null character, which an array cannot tell from its own filling.
    """
    if not isinstance(texts, np.ndarray):
        for text in texts:
            if "\0" in text:
                raise EncodingError(f"{text!r} holds a null character; leave it out")
    array = np.ascontiguousarray(np.asarray(texts, dtype=np.str_).ravel())
    return array.astype(array.dtype.newbyteorder("="), copy=False) if array.dtype.itemsize else array.astype("<U1")


def code_points(texts: Texts) -> NDArray[np.uint32]:
    """Return the code points (n, longest) uint32 of texts; 0 fills the rows up.

    Raises:
        EncodingError: a text with a null character.

    >>> code_points(["1+2", "7"])
    array([[49, 43, 50],
           [55,  0,  0]], dtype=uint32)
    """
    array = text_array(texts)
    codes: NDArray[np.uint32] = array.view(np.uint32).reshape(len(array), array.dtype.itemsize // 4)
    if not is_packed(codes != 0):
        holes = (codes[:, :-1] == 0) & (codes[:, 1:] != 0)
        row = int(np.flatnonzero(holes.any(axis=1))[0])
        raise EncodingError(f"{str(array[row])!r} holds a null character; leave it out")
    return codes


def texts_from(codes: NDArray[np.uint32]) -> NDArray[np.str_]:
    """Return the texts '<U' (n,) of code points (n, longest) whose zeros all stand at the right.

    >>> texts_from(np.array([[49, 43, 50], [55, 0, 0]], dtype=np.uint32)).tolist()
    ['1+2', '7']
    """
    rows, width = codes.shape
    if width == 0:
        return np.zeros(rows, dtype="<U1")
    return np.ascontiguousarray(codes).view(f"<U{width}").reshape(rows)
