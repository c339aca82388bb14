"""Answers as reduced fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.bounds import Extent, digits_between
from exprlearn.arithmetic.columns import write_fractions
from exprlearn.arithmetic.divisions import DivisionPolicy, Written
from exprlearn.arithmetic.numerals import write_digits
from exprlearn.arithmetic.values import Values


class FractionPolicy(DivisionPolicy):
    """Computes exactly and writes a reduced fraction, or an integer when the value is whole.

    >>> FractionPolicy().answer(Fraction(34, -10)), FractionPolicy().answer(Fraction(4))
    ('-17/5', '4')
    """

    characters = "-/0123456789"

    def __str__(self) -> str:
        return "fraction"

    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write any value."""
        numerator = write_digits(value.numerator)
        return numerator if value.denominator == 1 else f"{numerator}/{write_digits(value.denominator)}"

    def longest(self, extent: Extent) -> float:
        """Return the room for a sign, and for numerator, stroke and denominator where values may be broken."""
        if extent.denominator <= 1:
            return extent.sign + extent.whole_digits
        above = digits_between(extent.low * extent.denominator, extent.high * extent.denominator)
        return extent.sign + min(extent.digits, above + digits_between(1, extent.denominator)) + 1

    def write_rows(self, values: Values, rows: NDArray[np.intp]) -> Written:
        """Write all of some rows."""
        numerators, denominators = values.numerators, values.denominators
        if len(rows) < len(values):
            numerators, denominators = numerators.take(rows), denominators.take(rows)
        return write_fractions(numerators, denominators), np.ones(len(rows), bool)
