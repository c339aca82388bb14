"""What stands between the numbers of skeletons: few different runs of fixed texts, however many skeletons there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.skeletons import SkeletonTable

Run = tuple[int, ...]
"""Indices of literals, from left to right."""

# Codes below this are told apart by marking them, larger ones by sorting.
_MARKED = 1 << 20


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of a table's skeletons: one before each slot, and one behind the last.

    Attributes:
        numbers: which run stands there, [slots + 1, K]; in the narrowest type.
        runs: the runs by number.
    """

    numbers: NDArray[np.unsignedinteger]
    runs: tuple[Run, ...]


def runs_of(table: SkeletonTable) -> Runs | None:
    """Find the runs of a table; None where some are too long to be told apart by a machine word.

    >>> tokens = np.array([[0, -1, 1, 2, -1], [-1, 1, -1, -2, -2]], np.int16)
    >>> found = runs_of(SkeletonTable(tokens, np.array([[0, 1], [0, 1]], np.int16), ("(", "+", "-")))
    >>> [[found.runs[number] for number in gap] for gap in found.numbers.tolist()]
    [[(0,), ()], [(1, 2), (1,)], [(), ()]]
    """
    counts = (table.tokens >= 0).sum(axis=1)
    ends = np.concatenate([table.slot_places, (counts + table.slots)[:, None]], axis=1).astype(np.int64)
    starts = np.concatenate([np.zeros((len(table), 1), np.int64), ends[:, :-1] + 1], axis=1)
    longest, radix = int((ends - starts).max(initial=0)), len(table.literals) + 1
    if radix**longest >= 1 << 63:
        return None
    codes = _codes(table.tokens, starts, ends, longest, radix)
    distinct, numbers = _distinct(codes.reshape(-1))
    kind = np.min_scalar_type(max(len(distinct) - 1, 0))
    runs = tuple(_run(code, radix) for code in distinct.tolist())
    return Runs(np.ascontiguousarray(numbers.reshape(codes.shape).T.astype(kind)), runs)


def _codes(
    tokens: NDArray[np.int16], starts: NDArray[np.int64], ends: NDArray[np.int64], longest: int, radix: int
) -> NDArray[np.int64]:
    """Read each run as a number whose digits are its tokens, 1 … radix - 1, the last token first; in their shape."""
    codes, every = np.zeros(starts.shape, np.int64), np.arange(len(tokens))[:, None]
    for step in range(longest - 1, -1, -1):
        places = starts + step
        inside = places < ends
        found = tokens[every, np.where(inside, places, 0)]
        codes = np.where(inside, codes * radix + found + 1, codes)
    return codes


def _distinct(codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the different codes, rising, and number all by that list."""
    most = int(codes.max(initial=0))
    if most >= _MARKED:
        distinct, numbers = np.unique(codes, return_inverse=True)
        return distinct, numbers
    met = np.zeros(most + 1, bool)
    met[codes] = True
    return np.flatnonzero(met), (np.cumsum(met) - 1)[codes]


def _run(code: int, radix: int) -> Run:
    run = []
    while code:
        code, token = divmod(code, radix)
        run.append(token - 1)
    return tuple(run)
