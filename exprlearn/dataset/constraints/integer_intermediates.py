"""Keep expressions that never leave the integers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import UNLIMITED, Values, calculations, parse
from exprlearn.arithmetic.programs import DIVIDE


class IntegerIntermediatesConstraint:
    """Keeps expressions in which every division leaves no remainder, so that every value on the way is whole.

    It means the same under every division policy: where all divisions come out even, rounding changes nothing.

    >>> constraint = IntegerIntermediatesConstraint()
    >>> constraint.holds("3/2*2", Fraction(3)), constraint.holds("3*2/2", Fraction(3))
    (False, True)
    """

    def __str__(self) -> str:
        return "integer-intermediates"

    @property
    def divides_evenly(self) -> bool:
        """Tell that every quotient is whole."""
        return True

    def keep(self, block: object, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether every division comes out even; bool [n]."""
        return divides_evenly(values)

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether every division of `expression` comes out even."""
        steps = calculations(parse(expression, limits=UNLIMITED), limits=UNLIMITED)
        return all(step.result[1] == 1 for step in steps)


def divides_evenly(values: Values) -> NDArray[np.bool_]:
    """Tell the rows of a block in which every intermediate value is whole without rounding; bool [n]."""
    working = values.working
    even: NDArray[np.bool_] = (working.denominators == 1).all(axis=0)
    if values.operation == "exact":
        return even
    for step in range(working.operations.shape[1]):
        rows = np.flatnonzero(working.operations[:, step] == DIVIDE)
        dividends = working.numerators[working.left[rows, step], rows]
        divisors = working.numerators[working.right[rows, step], rows]
        even[rows] &= dividends % np.where(divisors == 0, 1, divisors) == 0
    return even
