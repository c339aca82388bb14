"""Carries and borrows of sums on paper: how many there are, and how far one runs on.

Equal signs add and may carry; unequal signs take the smaller magnitude from the larger and may borrow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def carrying(left: int, right: int) -> tuple[int, int]:
    """Count the carries or borrows of `left + right`, and those of the longest run without a gap.

    >>> carrying(199, 3), carrying(1000, -1), carrying(909, 101)
    ((2, 2), (3, 3), (2, 1))
    """
    small, large = sorted((abs(left), abs(right)))
    sign = 1 if (left < 0) == (right < 0) else -1
    count = run = longest = carry = 0
    while small or carry:
        large, top = divmod(large, 10)
        small, bottom = divmod(small, 10)
        carry = int(not 0 <= top + sign * (bottom + carry) <= 9)
        count, run = count + carry, (run + 1) * carry
        longest = max(longest, run)
    return count, longest


def carrying_in_rows(left: Integers, right: Integers) -> tuple[Integers, Integers]:
    """Do the same with whole columns, int64 [n] each, digit by digit of all rows at once.

    >>> [column.tolist() for column in carrying_in_rows(np.array([199, 1000]), np.array([3, -1]))]
    [[2, 3], [2, 3]]
    """
    first, second = np.abs(left), np.abs(right)
    large, small = np.maximum(first, second), np.minimum(first, second)
    sign = np.where((left < 0) == (right < 0), np.int64(1), np.int64(-1))
    count, run, longest, carry = np.zeros((4, len(left)), np.int64)
    while small.any() or carry.any():
        large, top = np.divmod(large, 10)
        small, bottom = np.divmod(small, 10)
        column = top + sign * (bottom + carry)
        carry = ((column < 0) | (column > 9)).astype(np.int64)
        count, run = count + carry, (run + 1) * carry
        longest = np.maximum(longest, run)
    return count, longest
