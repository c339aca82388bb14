"""What remains, what goes in whole, and the factorial: `17%5`, `17//5`, `5!`."""

from __future__ import annotations

import math
from fractions import Fraction

from exprlearn.plugin import OperatorSpec

MOST = 400
"""Above, factorials have more than about 3000 bits."""


def factorial(number: Fraction) -> int:
    """Multiply all whole numbers up to one.

    >>> factorial(Fraction(5))
    120
    """
    if number.denominator != 1 or number < 0:
        raise ValueError("only whole numbers from 0 on have a factorial")
    if number > MOST:
        raise OverflowError
    return math.factorial(int(number))


INTEGER_OPERATORS = (
    OperatorSpec(
        name="modulo",
        summary="The remainder, with the sign of the divisor: 17%5 is 2, -17%5 is 3.",
        sign="%",
        calculate=lambda dividend, divisor: dividend % divisor,
    ),
    OperatorSpec(
        name="floor-divide",
        summary="The quotient rounded down: 17//5 is 3, -17//5 is -4.",
        sign="//",
        calculate=lambda dividend, divisor: dividend // divisor,
    ),
    OperatorSpec(
        name="factorial",
        summary="The product of all whole numbers up to one: 5! is 120.",
        sign="!",
        form="postfix",
        precedence=5,
        calculate=factorial,
    ),
)
