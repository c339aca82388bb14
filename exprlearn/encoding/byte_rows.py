"""Blocks of ids in bytes, eight steps to a machine word: rows of any length are turned around and ended as a whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exprlearn.encoding.vocabulary import END

Words = NDArray[np.uint64]

_STEPS = 8
_WORD = 64


def bytes_of(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Narrow codes below 256, (n, longest), to rows of whole words (n, width), filled up with 0.

    >>> bytes_of(np.array([[49, 50]], np.uint32)).tolist()
    [[49, 50, 0, 0, 0, 0, 0, 0]]
    """
    rows = np.zeros((len(codes), -(-codes.shape[1] // _STEPS) * _STEPS), np.uint8)
    rows[:, : codes.shape[1]] = codes
    return rows


def counted(rows: NDArray[np.uint8]) -> Words:
    """Count the tokens of each row (n, width), a whole number of words -> (n,)."""
    counts = np.zeros(len(rows), np.uint64)
    for column in (rows != 0).view(np.uint64).T:
        counts += np.bitwise_count(column)
    return counts


def ended(rows: NDArray[np.uint8], counts: Words, width: int, *, is_reversed: bool) -> NDArray[np.int32]:
    """Write packed rows, as they are or back to front, with the end mark behind; (n, whole words) -> (n, width) int32.

    >>> rows = bytes_of(np.array([[5, 6, 7], [8, 0, 0]], np.uint32))
    >>> ended(rows, counted(rows), 4, is_reversed=True)
    array([[7, 6, 5, 2],
           [8, 2, 0, 0]], dtype=int32)
    """
    words = list(np.ascontiguousarray(rows.view("<u8").T, np.uint64))
    bits = counts << np.uint64(3)
    if is_reversed:
        words = _turned(words, bits)
    least, most = int(counts.min(initial=0)), int(counts.max(initial=0))
    words = [*words, np.zeros(len(rows), np.uint64)][: most // _STEPS + 1]
    for number in range(least // _STEPS, most // _STEPS + 1):
        # A shift by more than a word has leaves nothing, also one that is below zero and therefore huge.
        words[number] |= np.uint64(END) << (bits - np.uint64(number * _WORD))
    steps = np.stack(words, axis=1).astype("<u8", copy=False).view(np.uint8)
    if steps.shape[1] >= width:
        return steps[:, :width].astype(np.int32)
    filled = np.zeros((len(rows), width), np.int32)
    filled[:, : steps.shape[1]] = steps
    return filled


def _turned(words: list[Words], bits: Words) -> list[Words]:
    """Write rows of so many bits back to front: turn all bytes around, then close the gap that is now in front."""
    turned = [word.byteswap() for word in reversed(words)]
    gap = np.uint64(len(words) * _WORD) - bits
    closed = []
    for first in range(len(turned)):
        word = turned[first] >> gap
        for step, later in enumerate(turned[first + 1 :], 1):
            behind = np.uint64(step * _WORD) - gap
            word |= later << behind
            word |= later >> np.negative(behind)
        closed.append(word)
    return closed
