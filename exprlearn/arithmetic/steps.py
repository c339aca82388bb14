"""One calculation of every row of a block at once, whatever operator each row has.

A column of values is a pair (numerators, denominators) in lowest terms with positive denominators. Sums and products
are shadowed in float64: below 2**62 the shadow's error of 2**-52 cannot hide an int64 overflow.

Sums and products share their sweep: a/b ± c/d has the denominator b*d, and so has a/b * c/d; a division is a product
with the second operand upside down, a subtraction a sum with its opposite. So no row has to be sought out, except those
that become fractions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.evaluation import Operation
from exprlearn.arithmetic.programs import DIVIDE, MULTIPLY, NEGATE, NOTHING, SUBTRACT

Integers = NDArray[np.int64]
Column = tuple[Integers, Integers]
Flags = NDArray[np.bool_]

#: Magnitudes from here on are left to Python's integers.
SAFE = 1 << 62


def peak(numbers: Integers) -> int:
    """Tell the largest magnitude of a column, 0 for an empty one."""
    return max(int(numbers.max()), -int(numbers.min())) if numbers.size else 0


@dataclass(frozen=True, eq=False)
class Results:
    """The results of n calculations.

    Attributes:
        numerators: int64 [n], in lowest terms; 0 where the row does not fit.
        denominators: int64 [n], positive; None when all are 1.
        fits: bool [n], False where the result left the safe range; None when all fit.
        zero: bool [n], True where a row divides by zero; None when none does.
    """

    numerators: Integers
    denominators: Integers | None
    fits: Flags | None
    zero: Flags | None


def calculate(
    codes: NDArray[np.int8], left: Column, right: Column, operation: Operation, *, are_whole: bool
) -> Results:
    """Do one calculation of n rows.

    Args:
        codes: what each row does, int8 [n], as programs say it.
        left: operands, int64 [n] each; of a negation it does not count.
        right: operands.
        operation: how `/` computes.
        are_whole: all denominators are 1, so that they need not be looked at.

    >>> codes, ones = np.array([1, 2, 4], np.int8), np.ones(3, np.int64)
    >>> results = calculate(codes, (np.array([5, 5, 6]), ones), (np.array([3, 3, -4]), ones), "exact", are_whole=True)
    >>> results.numerators.tolist(), results.denominators.tolist()
    ([8, 2, -3], [1, 1, 2])
    """
    (a, b), (c, d) = left, right
    opposite, divides = (codes == SUBTRACT) | (codes == NEGATE), codes == DIVIDE
    if opposite.any():
        c = np.where(opposite, -c, c)
    alone = codes == NEGATE
    if alone.any():
        a, b = np.where(alone, 0, a), np.where(alone, 1, b)
    zero = None
    if divides.any():
        zero = divides & (c == 0)
        zero = zero if zero.any() else None
        if operation == "floor":
            divisors = np.where(divides & (c != 0), c, 1)
            return _whole(codes, a, c, divides, a // divisors, zero)
        c, d, are_whole = *_upside_down(c, d, divides), False
    return _whole(codes, a, c, None, None, zero) if are_whole else _rational(codes, (a, b), (c, d), zero)


def _upside_down(c: Integers, d: Integers, divides: Flags) -> Column:
    """Turn the fractions of some rows over, sign above; a fraction of zero becomes a whole number."""
    rows, c, d = np.flatnonzero(divides), c.copy(), d.copy()
    above, below = d.take(rows), c.take(rows)
    c[rows], d[rows] = np.where(below < 0, -above, above), np.maximum(np.abs(below), 1)
    return c, d


def _whole(
    codes: NDArray[np.int8],
    a: Integers,
    c: Integers,
    divides: Flags | None,
    quotients: Integers | None,
    zero: Flags | None,
) -> Results:
    multiplies = codes == MULTIPLY
    numerators = np.where(multiplies, a * c, a + c) if multiplies.any() else a + c
    if divides is not None and quotients is not None:
        numerators = np.where(divides, quotients, numerators)
    fits = None
    high, other = peak(a), peak(c)
    if high + other >= SAFE or (high * other >= SAFE and multiplies.any()):
        first, second = np.abs(a.astype(np.float64)), np.abs(c.astype(np.float64))
        fits = (np.where(multiplies, first * second, first + second) < SAFE) | (codes == NOTHING)
        if divides is not None:
            fits |= divides
        numerators = np.where(fits, numerators, 0)
    return Results(numerators, None, fits, zero)


def _rational(codes: NDArray[np.int8], left: Column, right: Column, zero: Flags | None) -> Results:
    (a, b), (c, d) = left, right
    multiplies = (codes == MULTIPLY) | (codes == DIVIDE)
    numerators, denominators = np.where(multiplies, a * c, a * d + c * b), b * d
    fits = _fit(codes, multiplies, left, right)
    if fits is not None:
        numerators, denominators = np.where(fits, numerators, 0), np.where(fits, denominators, 1)
    broken = np.flatnonzero(denominators != 1)
    if not broken.size:
        return Results(numerators, None, fits, zero)
    above, below = numerators.take(broken), denominators.take(broken)
    common = np.gcd(above, below)
    numerators[broken], denominators[broken] = above // common, below // common
    return Results(numerators, denominators, fits, zero)


def _fit(codes: NDArray[np.int8], multiplies: Flags, left: Column, right: Column) -> Flags | None:
    """Tell the rows in which nothing leaves the safe range; None when all do not."""
    a, b, c, d = [peak(column) for column in (*left, *right)]
    if max(a * c, a * d + c * b, b * d) < SAFE:
        return None
    first, under, second, below = (np.abs(column.astype(np.float64)) for column in (*left, *right))
    above = np.where(multiplies, first * second, first * below + second * under)
    fits: Flags = ((above < SAFE) & (under * below < SAFE)) | (codes == NOTHING)
    return fits
