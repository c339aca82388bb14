"""Columns of integers written as text: eight digits to a machine word, so that no digit is handled on its own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.packing import Packer, Words

Integers = NDArray[np.int64]

_FOUR = 10**4
_EIGHT = 10**8
_SIGN, _STROKE = (np.uint64(ord(sign)) for sign in "-/")
_BITS, _BYTE, _WORD = np.uint64(3), np.uint64(8), np.uint64(64)

#: The texts of 0000 … 9999, four bytes each, zeros in front included.
_QUADS = np.array([f"{number:04d}" for number in range(_FOUR)], "S4").view("<u4").astype(np.uint64)


def write_integers(numbers: Integers) -> NDArray[np.str_]:
    """Write a column of integers in as few characters as the longest needs; '<U' [n].

    >>> write_integers(np.array([7, -12])).tolist()
    ['7', '-12']
    """
    packer = Packer(len(numbers), _room(numbers))
    _add(packer, numbers)
    return _texts(packer)


def write_fractions(numerators: Integers, denominators: Integers) -> NDArray[np.str_]:
    """Write fractions, and integers where the denominator is 1; '<U' [n].

    >>> write_fractions(np.array([7, -12]), np.array([1, 5])).tolist()
    ['7', '-12/5']
    """
    if int(denominators.max(initial=1)) == 1:
        return write_integers(numerators)
    packer = Packer(len(numerators), _room(numerators) + 1 + _room(denominators))
    _add(packer, numerators)
    broken = denominators != 1
    packer.append(broken * _STROKE, broken * _BYTE)
    for body, bits in _words(denominators * broken):
        packer.append(body, bits)
    return _texts(packer)


def _room(numbers: Integers) -> int:
    """Count the characters of the longest number."""
    return max(len(str(end)) for end in (int(numbers.min(initial=0)), int(numbers.max(initial=0))))


def _add(packer: Packer, numbers: Integers) -> None:
    negative = numbers < 0
    if negative.any():
        packer.append(negative * _SIGN, negative * _BYTE)
    sizes = np.abs(numbers)
    words = list(_words(sizes))
    # Nothing is written for zero so far.
    body, bits = words[-1]
    zero = sizes == 0
    if zero.any():
        words[-1] = np.where(zero, np.uint64(ord("0")), body), np.where(zero, _BYTE, bits)
    for body, bits in words:
        packer.append(body, bits)


def _words(sizes: Integers) -> Iterator[tuple[Words, Words]]:
    """Write numbers from 1 on, and nothing for 0: a word and its bits for every eight digits; uint64 [n] each."""
    largest = int(sizes.max(initial=0))
    if largest < _EIGHT:
        bits = _lengths(sizes, largest) << _BITS
        yield _digits(sizes) >> (_WORD - bits), bits
        return
    upper = sizes // _EIGHT
    yield from _words(upper)
    lower = sizes - upper * _EIGHT
    bits = np.where(upper > 0, _WORD, _lengths(lower, _EIGHT - 1) << _BITS)
    yield _digits(lower) >> (_WORD - bits), bits


def _lengths(sizes: Integers, largest: int) -> Words:
    """Count digits, none for 0; uint64 [n]."""
    lengths = np.zeros(len(sizes), np.uint8)
    narrow, bound = sizes.astype(np.uint32), 1
    while bound <= largest:
        lengths += narrow >= np.uint32(bound)
        bound *= 10
    return lengths.astype(np.uint64)


def _digits(numbers: Integers) -> Words:
    """Write numbers below 10**8 as eight digits, the first one in the lowest byte."""
    narrow = numbers.astype(np.uint32)
    upper = narrow // np.uint32(_FOUR)
    return _QUADS.take(upper) | _QUADS.take(narrow - upper * np.uint32(_FOUR)) << np.uint64(32)


def _texts(packer: Packer) -> NDArray[np.str_]:
    codes, longest = packer.bytes(), max(1, int(packer.lengths().max(initial=0)))
    return codes[:, :longest].astype(np.uint32).view(f"<U{longest}").reshape(-1)
