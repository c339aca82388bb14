"""Division as it is taught first: a quotient and what is left over."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.bounds import Extent, digits_between
from exprlearn.arithmetic.columns import write_integers
from exprlearn.arithmetic.divisions import DivisionPolicy, Written
from exprlearn.arithmetic.evaluation import Operation, calculations
from exprlearn.arithmetic.numerals import write_digits
from exprlearn.arithmetic.parsing import UNLIMITED, parse
from exprlearn.arithmetic.programs import DIVIDE
from exprlearn.arithmetic.values import Values


class FloorRemainderPolicy(DivisionPolicy):
    """Rounds every quotient down, and names the remainder when the division is the last thing done.

    `17/5` is `3 r 2`, and so is `(17/5)`; `34/10` is `3 r 4`, not reduced. In `17/5+1` the quotient goes on
    without its remainder: `4`. A remainder of zero is left out: `15/5` is `3`. The remainder has the divisor's
    sign, as Python's `%`: `-17/5` is `-4 r 3` and `17/-5` is `-4 r -3`, so quotient * divisor + remainder is
    always the dividend.

    >>> from exprlearn.arithmetic.divisions import answer
    >>> [answer(text, FloorRemainderPolicy()) for text in ("17/5", "17/5+1", "15/5", "-17/5", "17/-5")]
    ['3 r 2', '4', '3', '-4 r 3', '-4 r -3']
    """

    operation: Operation = "floor"
    characters = "-0123456789 r"

    def __str__(self) -> str:
        return "floor-remainder"

    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write the value, with the remainder when `expression` ends in a division."""
        quotient = write_digits(value.numerator)
        tree = parse(expression, limits=UNLIMITED)
        if tree.last_operation != "/":
            return quotient
        last = calculations(tree, operation="floor", limits=UNLIMITED)[-1]
        remainder = last.left[0] % last.right[0]
        return f"{quotient} r {write_digits(remainder)}" if remainder else quotient

    def longest(self, extent: Extent) -> float:
        """Return the room for a quotient and, where one may be left, a remainder."""
        quotient = extent.sign + extent.whole_digits
        if extent.remainder_low == extent.remainder_high:
            return quotient
        sign = int(extent.remainder_low < 0)
        return quotient + len(" r ") + sign + digits_between(extent.remainder_low, extent.remainder_high)

    def write_rows(self, values: Values, rows: NDArray[np.intp]) -> Written:
        """Write all of some rows."""
        quotients, remainders = write_integers(values.numerators[rows]), _remainders(values, rows)
        both = np.strings.add(np.strings.add(quotients, " r "), write_integers(remainders))
        return np.where(remainders == 0, quotients, both), np.ones(len(rows), bool)


def _remainders(values: Values, rows: NDArray[np.intp]) -> NDArray[np.int64]:
    """Compute what the last division of each row leaves, 0 where another operation comes last; int64 [m]."""
    working, remainders = values.working, np.zeros(len(rows), np.int64)
    step = working.results[rows].astype(np.intp) - working.slots
    operations = working.operations[rows]
    places = np.flatnonzero(step >= 0)
    places = places[operations[places, step[places]] == DIVIDE]
    chosen, steps = rows[places], step[places]
    dividends = working.numerators[working.left[chosen, steps], chosen]
    divisors = working.numerators[working.right[chosen, steps], chosen]
    remainders[places] = dividends % divisors
    return remainders
