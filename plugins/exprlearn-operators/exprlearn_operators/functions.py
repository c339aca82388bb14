"""Functions: `gcd(12,18)`, `max(3,5)`, `min(3,5)`, `abs(3-5)`."""

from __future__ import annotations

import math
from fractions import Fraction

from exprlearn.plugin import OperatorSpec


def greatest_common_divisor(left: Fraction, right: Fraction) -> int:
    """Find the largest number that divides two whole ones.

    >>> greatest_common_divisor(Fraction(12), Fraction(18))
    6
    """
    if left.denominator != 1 or right.denominator != 1:
        raise ValueError("only whole numbers have common divisors")
    return math.gcd(int(left), int(right))


FUNCTIONS = (
    OperatorSpec(
        name="gcd",
        summary="The greatest common divisor: gcd(12,18) is 6.",
        sign="gcd",
        form="function",
        arity=2,
        commutative=True,
        calculate=greatest_common_divisor,
    ),
    OperatorSpec(
        name="max",
        summary="The larger of two numbers: max(3,5) is 5.",
        sign="max",
        form="function",
        arity=2,
        commutative=True,
        calculate=max,
    ),
    OperatorSpec(
        name="min",
        summary="The smaller of two numbers: min(3,5) is 3.",
        sign="min",
        form="function",
        arity=2,
        commutative=True,
        calculate=min,
    ),
    OperatorSpec(
        name="absolute-value",
        summary="A number without its sign: abs(3-5) is 2.",
        sign="abs",
        form="function",
        arity=1,
        calculate=abs,
    ),
)
