"""Rational arithmetic on columns of int64, with every row that would leave the safe range told apart.

A column is a pair (numerators, denominators) in lowest terms with positive denominators. Every function
returns the result column and `fits`: rows where it is False hold garbage and must be redone exactly.
Products and sums are shadowed in float64: below 2**62 the shadow's error of 2**-52 cannot hide an int64
overflow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Column = tuple[Integers, Integers]
Checked = tuple[Integers, Integers, NDArray[np.bool_]]

#: Magnitudes from here on are left to Python's integers.
SAFE = 1 << 62


def peak(numbers: Integers) -> int:
    """Tell the largest magnitude of a column, 0 for an empty one."""
    return max(int(numbers.max()), -int(numbers.min())) if numbers.size else 0


def add(left: Column, right: Column) -> Checked:
    """Add two columns.

    >>> one = np.array([1])
    >>> add((one, one * 2), (one, one * 3))[:2]
    (array([5]), array([6]))
    """
    (a, b), (c, d) = left, right
    if peak(b) == 1 and peak(d) == 1:
        return a + c, b, _sum_fits([(a, None), (c, None)])
    fits = _sum_fits([(a, d), (c, b)]) & _sum_fits([(b, d)])
    return _lowest(a * d + c * b, b * d, fits)


def subtract(left: Column, right: Column) -> Checked:
    """Subtract the right column from the left one."""
    return add(left, (-right[0], right[1]))


def multiply(left: Column, right: Column) -> Checked:
    """Multiply two columns.

    >>> column = np.array([4, 2**40]), np.array([1, 1])
    >>> multiply(column, column)[2]
    array([ True, False])
    """
    (a, b), (c, d) = left, right
    fits = _sum_fits([(a, c)])
    if peak(b) == 1 and peak(d) == 1:
        return a * c, b, fits
    return _lowest(a * c, b * d, fits & _sum_fits([(b, d)]))


def divide(left: Column, right: Column) -> Checked:
    """Divide the left column by the right one, which holds no zero."""
    c, d = right
    return multiply(left, (np.where(c < 0, -d, d), np.abs(c)))


def floor_divide(left: Column, right: Column) -> Checked:
    """Divide whole numbers, rounding down; the right column holds no zero.

    >>> floor_divide((np.array([-7]), np.array([1])), (np.array([2]), np.array([1])))[0]
    array([-4])
    """
    return left[0] // right[0], left[1], np.ones(len(left[0]), bool)


def _lowest(numerators: Integers, denominators: Integers, fits: NDArray[np.bool_]) -> Checked:
    numerators, denominators = np.where(fits, numerators, 0), np.where(fits, denominators, 1)
    common = np.gcd(numerators, denominators)
    return numerators // common, denominators // common, fits


def _sum_fits(products: list[tuple[Integers, Integers | None]]) -> NDArray[np.bool_]:
    """Tell the rows in which the magnitudes of the products add up to less than SAFE."""
    rows = len(products[0][0])
    if sum(peak(a) * (1 if b is None else peak(b)) for a, b in products) < SAFE:
        return np.ones(rows, bool)
    shadow = np.zeros(rows)
    for a, b in products:
        shadow += np.abs(a.astype(np.float64)) * (1.0 if b is None else np.abs(b.astype(np.float64)))
    fits: NDArray[np.bool_] = shadow < SAFE
    return fits
