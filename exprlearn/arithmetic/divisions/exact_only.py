"""Only integers are answers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.columns import write_integers
from exprlearn.arithmetic.divisions import DivisionPolicy, Written
from exprlearn.arithmetic.numerals import write_digits
from exprlearn.arithmetic.parsing import quoted
from exprlearn.arithmetic.values import Values
from exprlearn.errors import NotAnInteger


class ExactOnlyPolicy(DivisionPolicy):
    """Computes exactly and answers only what comes out whole; values on the way may be fractions.

    >>> ExactOnlyPolicy().answer(Fraction(8), "16/2")
    '8'
    """

    def __str__(self) -> str:
        return "exact-only"

    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write a whole value.

        Raises:
            NotAnInteger: the value is a fraction.
        """
        if value.denominator != 1:
            raise NotAnInteger(
                f"{quoted(expression)} is no integer; choose another division policy, such as --division fraction",
                expression=expression,
            )
        return write_digits(value.numerator)

    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each value whether it is whole and so has an answer; bool [n]."""
        whole: NDArray[np.bool_] = denominators == 1
        return whole

    def write_rows(self, values: Values, rows: NDArray[np.intp]) -> Written:
        """Write the whole values among some rows."""
        kept = values.denominators[rows] == 1
        return write_integers(np.where(kept, values.numerators[rows], 0)), kept
