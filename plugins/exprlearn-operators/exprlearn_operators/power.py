"""The power of two numbers: `2^3`."""

from __future__ import annotations

from fractions import Fraction

from exprlearn.plugin import OperatorSpec

MOST_BITS = 4096
"""Numerator or denominator of a power has at most about as many."""


def raise_to_power(base: Fraction, exponent: Fraction) -> Fraction:
    """Raise a number to a whole power.

    >>> raise_to_power(Fraction(2), Fraction(-3)), raise_to_power(Fraction(0), Fraction(0))
    (Fraction(1, 8), Fraction(1, 1))
    """
    if exponent.denominator != 1:
        raise ValueError("the exponent is not whole")
    if abs(base) != 1 and abs(exponent) * max(base.numerator.bit_length(), base.denominator.bit_length()) > MOST_BITS:
        raise OverflowError
    # A huge exponent of 1 or -1 only counts by whether it is even.
    return Fraction(base ** (int(exponent) if abs(base) != 1 else int(exponent) % 2))


POWER = OperatorSpec(
    name="power",
    summary="A whole power, 2^3 is 8; done from the right, 2^3^2 is 512.",
    sign="^",
    precedence=4,
    associativity="right",
    calculate=raise_to_power,
)
