"""Adding in columns: which carry, and how many in a row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray


def carried(left: int, right: int) -> str:
    """Return what is carried into each column of `left + right`, the units on the right, a blank where nothing is.

    >>> carried(758, 467), carried(12, 34)
    ('111 ', '  ')
    """
    columns, carry, written = max(len(str(left)), len(str(right))), 0, " "
    for column in range(columns):
        carry = int(left // 10**column % 10 + right // 10**column % 10 + carry > 9)
        written = ("1" if carry else " ") + written
    return written if carry else written[1:]


def longest_chain(numbers: list[int]) -> int:
    """Return the most neighbouring columns that carry, in any of the additions from left to right.

    >>> longest_chain([758, 467]), longest_chain([999, 1]), longest_chain([505, 505]), longest_chain([7])
    (3, 3, 1, 0)
    """
    return max((len(chain) for pair in _additions(numbers) for chain in carried(*pair).split()), default=0)


def longest_chains(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the same for rows of numbers (n, terms) that are not negative and whose totals fit; int64 [n]."""
    longest = np.zeros(len(numbers), np.int64)
    totals = np.cumsum(numbers, axis=1)
    for term in range(1, numbers.shape[1]):
        left, right = totals[:, term - 1], numbers[:, term]
        carry = run = np.zeros_like(longest)
        while (left + right).any() or carry.any():
            (left, one), (right, other) = np.divmod(left, 10), np.divmod(right, 10)
            carry = (one + other + carry > 9).astype(np.int64)
            run = (run + 1) * carry
            longest = np.maximum(longest, run)
    return longest


def carries(numbers: list[int]) -> int:
    """Return how many columns carry, in all of the additions together.

    >>> carries([758, 467]), carries([5, 5, 5])
    (3, 1)
    """
    return sum(carried(*pair).count("1") for pair in _additions(numbers))


def _additions(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Yield each total with the number that comes to it."""
    return zip(accumulate(numbers), numbers[1:], strict=False)
