"""Rows of ids: counting their tokens, packing them to the left and laying them out again."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.signs import quoted
from exprlearn.encoding.vocabulary import PAD, Vocabulary
from exprlearn.errors import EncodingError

Number = TypeVar("Number", bound=np.generic)


def lengths(ids: NDArray[Number]) -> NDArray[np.int64]:
    """Count the tokens of each row: (n, width) -> (n,)."""
    counts: NDArray[np.int64] = np.count_nonzero(ids != PAD, axis=1)
    return counts


def packed(ids: NDArray[Number]) -> NDArray[Number]:
    """Drop padding: move the tokens of each row to its left, in order, and cut what no row needs.

    >>> packed(np.array([[0, 5, 0, 7], [6, 0, 0, 0]]))
    array([[5, 7],
           [6, 0]])
    """
    taken = ids != PAD
    counts = np.count_nonzero(taken, axis=1)
    longest = int(counts.max(initial=0))
    if not (taken[:, 1:] & ~taken[:, :-1]).any():
        return ids[:, :longest]
    rows = np.zeros((len(ids), longest), dtype=ids.dtype)
    rows[np.arange(longest) < counts[:, None]] = ids[taken]
    return rows


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
        "write a shorter one, or train with larger grammar sizes"
    )


def checked(ids: NDArray[np.integer[Any]], vocabulary: Vocabulary) -> NDArray[np.int32]:
    """Return ids (n, width) as int32 when each is one of the vocabulary's.

    Raises:
        EncodingError: an id that the vocabulary does not have.
    """
    for extreme in (ids.min(initial=0), ids.max(initial=0)):
        vocabulary.symbol(int(extreme))
    return ids.astype(np.int32, copy=False)
