"""Keep expressions whose value is an integer."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import Values


class IntegerConstraint:
    """Keeps expressions whose value is an integer, whatever happens on the way.

    >>> constraint = IntegerConstraint()
    >>> constraint.holds("3/2*2", Fraction(3)), constraint.holds("3/2", Fraction(3, 2))
    (True, False)
    """

    def __str__(self) -> str:
        return "integer"

    def keep(self, block: object, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether its value is whole; bool [n]."""
        return self.keep_values(values.numerators, values.denominators)

    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each value whether it is whole; bool [n]."""
        whole: NDArray[np.bool_] = denominators == 1
        return whole

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `value` is whole."""
        return value.denominator == 1
