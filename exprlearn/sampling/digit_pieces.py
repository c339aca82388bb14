"""Whole numbers as pieces for packing: four digits to a piece, so that no digit is handled on its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.packing import Words, pieces_of

_FOUR = 10**4

# Behind the plain numbers stand those with zeros in front, which follow other digits.
[_LAST] = pieces_of([f"{number}".encode() for number in range(_FOUR)] + [f"{n:04d}".encode() for n in range(_FOUR)])
_UPPER = np.where(np.arange(len(_LAST)) == 0, np.uint64(0), _LAST)


def digit_pieces(numbers: NDArray[np.int64], largest: int) -> list[Words]:
    """Write numbers from zero on without zeros in front; uint64 [n] for every four digits of the `largest` one.

    >>> from exprlearn.sampling.packing import Packer
    >>> packer = Packer(3, 9)
    >>> for column in digit_pieces(np.array([0, 70_000, 12_345]), 12_345):
    ...     packer.add(column)
    >>> [bytes(row).rstrip(bytes(1)) for row in packer.bytes()]
    [b'0', b'70000', b'12345']
    """
    if largest < _FOUR:
        return [_LAST.take(numbers)]
    columns, power = [], _FOUR
    while largest >= power * _FOUR:
        power *= _FOUR
    rest = numbers
    above = rest // power
    columns.append(_UPPER.take(above))
    while power > 1:
        rest = rest - above * power
        seen = (numbers >= power) * np.int64(_FOUR)
        power //= _FOUR
        above = rest // power if power > 1 else rest
        columns.append((_LAST if power == 1 else _UPPER).take(above + seen))
    return columns
