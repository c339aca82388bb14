"""Keep expressions whose value lies in a range."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from exprlearn.arithmetic import Values
from exprlearn.plugin import Bounds, Options

_EDGE = 1 << 62


class ResultRangeOptions(Options):
    """The smallest and the largest value."""

    low: Annotated[int, Field(gt=-_EDGE, lt=_EDGE, description="smallest value that is kept")] = 0
    high: Annotated[int, Field(gt=-_EDGE, lt=_EDGE, description="largest value that is kept")] = 999_999

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low must not be above high, {self.low} is above {self.high}")
        return self


class ResultRangeConstraint:
    """Keeps expressions whose value, whole or not, is at least `low` and at most `high`.

    >>> constraint = ResultRangeConstraint(ResultRangeOptions(low=0, high=9))
    >>> constraint.holds("19/2", Fraction(19, 2)), constraint.holds("9", Fraction(9))
    (False, True)
    """

    def __init__(self, options: ResultRangeOptions | None = None) -> None:
        self.options = options or ResultRangeOptions()

    def __str__(self) -> str:
        return f"result-range {self.options.low}..{self.options.high}"

    def bounds(self) -> Bounds:
        """Tell the range."""
        return Bounds(low=self.options.low, high=self.options.high)

    def keep(self, block: object, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether its value lies in the range; bool [n]."""
        return self.keep_values(values.numerators, values.denominators)

    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each value whether it lies in the range; bool [n]."""
        # Rounding towards the inside cannot move a value across a whole bound, and never overflows.
        rounded_down = numerators // denominators
        rounded_up = -(-numerators // denominators)
        inside: NDArray[np.bool_] = (rounded_down >= self.options.low) & (rounded_up <= self.options.high)
        return inside

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `value` lies in the range."""
        return self.options.low <= value <= self.options.high
