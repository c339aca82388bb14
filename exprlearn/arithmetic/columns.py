"""Columns of integers written as text: eight digits to a machine word, so that no digit is handled on its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_FOUR = 10**4
_EIGHT = 10**8
_SIGN = np.uint64(ord("-"))
_BYTE = np.uint64(8)

#: Integers of more characters are left to NumPy, which writes them one at a time.
_LONGEST = 15

#: The texts of 0000 … 9999, four bytes each, zeros in front included.
_QUADS = np.array([f"{number:04d}" for number in range(_FOUR)], "S4").view(np.uint32).astype(np.uint64)


def write_integers(numbers: NDArray[np.int64]) -> NDArray[np.str_]:
    """Write a column of integers in as few characters as the longest needs; '<U' [n].

    >>> write_integers(np.array([7, -12])).tolist()
    ['7', '-12']
    """
    ends = (int(numbers.min()), int(numbers.max())) if numbers.size else (0, 0)
    longest = max(len(str(end)) for end in ends)
    if longest > _LONGEST:
        return numbers.astype(f"<U{longest}")
    sizes = np.abs(numbers)
    words = _words(sizes, _lengths(sizes, max(map(abs, ends))), longest)
    if ends[0] < 0:
        words = _signed(words, numbers < 0)
    codes = np.stack(words, axis=1).astype("<u8", copy=False).view(np.uint8)[:, :longest].astype(np.uint32)
    return codes.view(f"<U{longest}").reshape(-1)


def widened(texts: NDArray[np.str_], width: int) -> NDArray[np.str_]:
    """Make room for longer texts, `width` characters in all; '<U' [n].

    >>> widened(np.array(["1", "23"]), 4).dtype.itemsize // 4
    4
    """
    before = texts.dtype.itemsize // 4
    if width <= before:
        return texts
    codes = np.zeros((len(texts), width), np.uint32)
    codes[:, :before] = np.ascontiguousarray(texts).view(np.uint32).reshape(len(texts), before)
    return codes.view(f"<U{width}").reshape(-1)


def _lengths(sizes: NDArray[np.int64], largest: int) -> NDArray[np.uint8]:
    """Count digits; uint8 [n]."""
    lengths = np.ones(len(sizes), np.uint8)
    bound = 10
    while bound <= largest:
        lengths += sizes >= bound
        bound *= 10
    return lengths


def _words(sizes: NDArray[np.int64], lengths: NDArray[np.uint8], longest: int) -> list[Words]:
    """Write numbers of at most `longest` characters from the first byte on, one or two words each."""
    if longest <= 8:
        return [_digits(sizes) >> (np.uint64(8) - lengths) * _BYTE]
    upper = sizes // _EIGHT
    first, second = _digits(upper), _digits(sizes - upper * _EIGHT)
    # Sixteen digits stand there; the zeros in front are shifted out of both words at once.
    short = lengths <= 8
    shift = (np.where(short, np.uint64(8), np.uint64(16)) - lengths) * _BYTE
    moved = second >> shift
    # Two shifts, for one by all 64 bits is none.
    joined = (first >> shift) | (second << (np.uint64(56) - np.minimum(shift, np.uint64(56))) << _BYTE)
    return [np.where(short, moved, joined), np.where(short, np.uint64(0), moved)]


def _digits(numbers: NDArray[np.int64]) -> Words:
    """Write numbers below 10**8 as eight digits, the first one in the lowest byte."""
    narrow = numbers.astype(np.uint32)
    upper = narrow // np.uint32(_FOUR)
    return _QUADS.take(upper) | _QUADS.take(narrow - upper * np.uint32(_FOUR)) << np.uint64(32)


def _signed(words: list[Words], negative: NDArray[np.bool_]) -> list[Words]:
    """Move the digits of negative numbers on by one byte, and put the sign in front."""
    carried = [np.full(len(negative), _SIGN), *(word >> np.uint64(56) for word in words[:-1])]
    return [np.where(negative, (word << _BYTE) | carry, word) for word, carry in zip(words, carried, strict=True)]
