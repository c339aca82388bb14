"""Columns of integers and fractions to decimal digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_POWERS = np.array([10**digits for digits in range(1, 19)], np.int64)


def write_integers(numbers: NDArray[np.int64]) -> NDArray[np.str_]:
    """Write a column of integers in as few characters as the longest needs; '<U' [n].

    >>> write_integers(np.array([7, -12]))
    array(['7', '-12'], dtype='<U3')
    """
    lowest, highest = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    text = f"<U{max(len(str(lowest)), len(str(highest)))}"
    if highest - lowest < len(numbers):
        # Many numbers of a short range: each that may come is written once and looked up, three times as fast.
        # 7 9 7 7 of the range 7..9 are the texts 0 2 0 0 of "7" "8" "9".
        return np.arange(lowest, highest + 1).astype(text).take(numbers - lowest)
    return numbers.astype(text)


def write_fractions(numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.str_]:
    """Write fractions, and integers where the denominator is 1; '<U' [n].

    >>> write_fractions(np.array([7, -12]), np.array([1, 5]))
    array(['7', '-12/5'], dtype='<U5')
    """
    above = write_integers(numerators)
    if int(denominators.max(initial=1)) == 1:
        return above
    below = np.where(denominators == 1, "", np.strings.add("/", write_integers(denominators)))
    written = np.strings.add(above, below)
    return written.astype(f"<U{int(np.strings.str_len(written).max())}")


def count_digits(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the decimal digits of integers ≥ 0, whatever the shape; 0 has one.

    >>> count_digits(np.array([0, 9, 10, 10**18])).tolist()
    [1, 1, 2, 19]
    """
    return (np.searchsorted(_POWERS, numbers, side="right") + 1).astype(np.int64)
