"""Keep expressions with short answers."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from exprlearn.arithmetic import Values
from exprlearn.arithmetic.numerals import write_digits
from exprlearn.plugin import Bounds, Options

_POWERS = np.array([10**digits for digits in range(1, 19)], np.int64)


class AnswerLengthOptions(Options):
    """How long an answer may be."""

    maximum: Annotated[int, Field(ge=1, description="digits that an answer may have, signs not counted")] = 6


class AnswerLengthConstraint:
    """Keeps expressions whose value has at most `maximum` digits.

    Digits are those of the value as an integer or as a reduced fraction, numerator and denominator together;
    the sign is not counted. So the same expressions stay, however a division policy writes answers.

    >>> constraint = AnswerLengthConstraint(AnswerLengthOptions(maximum=3))
    >>> [constraint.holds("", value) for value in (Fraction(-999), Fraction(1000), Fraction(17, 5), Fraction(17, 50))]
    [True, False, True, False]
    """

    def __init__(self, options: AnswerLengthOptions | None = None) -> None:
        self.options = options or AnswerLengthOptions()

    def __str__(self) -> str:
        return f"answer-length {self.options.maximum}"

    def bounds(self) -> Bounds:
        """Tell how many digits values have at most."""
        return Bounds(digits=self.options.maximum)

    def keep(self, block: object, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether its value is short enough; bool [n]."""
        return self.keep_values(values.numerators, values.denominators)

    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each value whether it is short enough; bool [n]."""
        below = np.where(denominators == 1, 0, _digits(denominators))
        short: NDArray[np.bool_] = _digits(np.abs(numerators)) + below <= self.options.maximum
        return short

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `value` is short enough."""
        below = 0 if value.denominator == 1 else len(write_digits(value.denominator))
        return len(write_digits(abs(value.numerator))) + below <= self.options.maximum


def _digits(numbers: NDArray[np.int64]) -> NDArray[np.intp]:
    """Count the decimal digits of numbers ≥ 0; 0 has one."""
    return np.searchsorted(_POWERS, numbers, side="right") + 1
