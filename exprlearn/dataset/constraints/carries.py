"""Keep sums and differences by their number of carries and borrows."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from exprlearn.arithmetic import UNLIMITED, Values, calculations, parse
from exprlearn.arithmetic.programs import ADD, SUBTRACT
from exprlearn.dataset.constraints.integer_intermediates import divides_evenly
from exprlearn.plugin import Options


class CarriesOptions(Options):
    """How many carries and borrows an expression may need."""

    minimum: Annotated[int, Field(ge=0, description="carries and borrows at least")] = 0
    maximum: Annotated[int | None, Field(ge=0, description="carries and borrows at most; none sets no limit")] = None


class CarriesConstraint:
    """Keeps expressions over integers whose additions and subtractions carry and borrow as often as wanted.

    All additions and subtractions on the way count together, done on paper in decimal: equal signs add and may
    carry, unequal signs take the smaller magnitude from the larger and may borrow. Products and quotients count
    nothing. An expression that leaves the integers on the way is dropped.

    >>> two = CarriesConstraint(CarriesOptions(minimum=2, maximum=2))
    >>> [two.holds(text, Fraction(0)) for text in ("75+48", "75+24", "100-1", "48-75")]
    [True, False, True, False]
    """

    def __init__(self, options: CarriesOptions | None = None) -> None:
        self.options = options or CarriesOptions()

    def __str__(self) -> str:
        maximum = "" if self.options.maximum is None else self.options.maximum
        return f"carries {self.options.minimum}..{maximum}"

    def keep(self, block: object, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it carries as often as wanted; bool [n]."""
        counts = _count_in_rows(values)
        kept = divides_evenly(values) & (counts >= self.options.minimum)
        return kept if self.options.maximum is None else kept & (counts <= self.options.maximum)

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `expression` carries as often as wanted."""
        steps = calculations(parse(expression, limits=UNLIMITED), limits=UNLIMITED)
        if any(step.result[1] != 1 for step in steps):
            return False
        signs = {"+": 1, "-": -1}
        count = sum(
            count_carries(step.left[0], signs[step.operator] * step.right[0])
            for step in steps
            if step.operator in signs
        )
        return self.options.minimum <= count and (self.options.maximum is None or count <= self.options.maximum)


def count_carries(left: int, right: int) -> int:
    """Count the carries of `left + right` on paper, or the borrows when the signs differ.

    >>> count_carries(75, 48), count_carries(100, -1), count_carries(-5, -5)
    (2, 2, 1)
    """
    small, large = sorted((abs(left), abs(right)))
    sign = 1 if (left < 0) == (right < 0) else -1
    count = carry = 0
    while small or carry:
        large, top = divmod(large, 10)
        small, bottom = divmod(small, 10)
        carry = int(not 0 <= top + sign * (bottom + carry) <= 9)
        count += carry
    return count


def _count_in_rows(values: Values) -> NDArray[np.int64]:
    """Count the carries and borrows of each row; int64 [n]."""
    working, counts = values.working, np.zeros(len(values), np.int64)
    for step in range(working.operations.shape[1]):
        operations = working.operations[:, step]
        rows = np.flatnonzero((operations == ADD) | (operations == SUBTRACT))
        left = working.numerators[working.left[rows, step], rows]
        right = working.numerators[working.right[rows, step], rows]
        counts[rows] += _count_in_columns(left, np.where(operations[rows] == ADD, right, -right))
    return counts


def _count_in_columns(left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count by Legendre's rule: each carry lowers the digit sum of the total by nine; int64 [n]."""
    totals = _digit_sums(np.abs(left + right))
    first, second = np.abs(left), np.abs(right)
    large, small = _digit_sums(np.maximum(first, second)), _digit_sums(np.minimum(first, second))
    adds = (left < 0) == (right < 0)
    counts: NDArray[np.int64] = np.where(adds, large + small - totals, totals + small - large) // 9
    return counts


def _digit_sums(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    sums, rest = np.zeros_like(numbers), numbers
    while rest.any():
        rest, digits = np.divmod(rest, 10)
        sums += digits
    return sums
