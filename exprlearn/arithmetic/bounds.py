"""How large the values of expressions can get, whatever numbers fill them: interval arithmetic.

Few skeletons are bounded one by one, over their programs; of many, the rules that write them are. Beside its interval
every value has the largest denominator it can have. A divisor that is not zero is at least one over that, so that even
quotients by differences have bounds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import programs as codes
from exprlearn.arithmetic.composition import fold_rules
from exprlearn.arithmetic.evaluation import Operation
from exprlearn.arithmetic.programs import Programs
from exprlearn.grammar.languages import Language
from exprlearn.sampling.stratum import Stratum

Floats = NDArray[np.float64]

# Above the error of the longest chain of float64 operations, so that no bound is too narrow.
_SLACK = 1e-9


@dataclass(frozen=True, kw_only=True)
class Extent:
    """What is known of all values of a space; infinite where nothing is.

    Attributes:
        low: no value is smaller; none is larger than `high`, and none has a larger `denominator`.
        remainder_low: no remainder of a division that is done last is smaller; none is larger than `remainder_high`.
        digits: no value has more digits, numerator and denominator together.
    """

    low: float = -math.inf
    high: float = math.inf
    denominator: float = math.inf
    remainder_low: float = -math.inf
    remainder_high: float = math.inf
    digits: float = math.inf

    @property
    def whole_digits(self) -> float:
        """Return how many digits stand before the point at most.

        >>> Extent(low=-120, high=99.5).whole_digits
        3
        """
        return min(self.digits, digits_between(self.low, self.high))

    @property
    def sign(self) -> int:
        """Return the room a sign takes: 1 where values may be negative."""
        return int(self.low < 0)


def digits_between(low: float, high: float) -> float:
    """Count the digits before the point of the longest number between two bounds."""
    bound = max(abs(low), abs(high))
    return bound if math.isinf(bound) else len(str(math.floor(bound * (1 + _SLACK))))


def join_extents(extents: list[Extent]) -> Extent:
    """Bound the values of several strata together."""
    joins = {name: min if name.endswith("low") else max for name in Extent.__dataclass_fields__}
    return Extent(**{name: join(getattr(extent, name) for extent in extents) for name, join in joins.items()})


def value_extent(programs: Programs, lowest: Floats, highest: Floats, operation: Operation = "exact") -> Extent:
    """Bound the values of K skeletons, whose slots hold numbers from `lowest` to `highest`, float64 [K, slots] each."""
    rows = len(programs.results)
    if not rows or programs.by_text.any():
        return Extent()
    every = np.arange(rows)
    ranges = np.ones((3, programs.registers, rows))
    ranges[0, : programs.slots], ranges[1, : programs.slots] = lowest.T, highest.T
    smallest = largest = 0.0
    for step in range(programs.operations.shape[1]):
        operations, target = programs.operations[:, step], programs.slots + step
        left, right = ranges[:, programs.left[:, step], every], ranges[:, programs.right[:, step], every]
        ranges[:, target] = calculate_ranges(operations, left, right, operation)
        last = (operations == codes.DIVIDE) & (programs.results == target)
        smallest = min(smallest, float(right[0].min(where=last, initial=0.0)))
        largest = max(largest, float(right[1].max(where=last, initial=0.0)))
    low, high, denominator = ranges[:, programs.results, every]
    return Extent(
        low=float(low.min()),
        high=float(high.max()),
        denominator=float(denominator.max()),
        remainder_low=min(0.0, smallest + 1),
        remainder_high=max(0.0, largest - 1),
    )


def rules_extent(stratum: Stratum, operation: Operation = "exact") -> Extent | None:
    """Bound the values of a stratum with any number of skeletons; None when its rules do not follow precedence.

    >>> from exprlearn.sampling import ExpressionSpace
    >>> (stratum,) = ExpressionSpace.from_file("sums", terms=50).strata
    >>> rules_extent(stratum).high
    4950.0
    """
    found = fold_rules(stratum.chart, stratum.state, _RangeAlgebra(operation))
    fields = "low", "high", "denominator", "remainder_low", "remainder_high"
    return None if found is None else Extent(**dict(zip(fields, found.tolist(), strict=True)))


class _RangeAlgebra:
    """Bounds of parts: low, high, denominator, lowest and highest remainder of a last division; float64 [5] each."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    def number(self, language: Language) -> Floats:
        return np.array([language.lowest, language.highest, 1.0, 0.0, 0.0])

    def calculate(self, code: int, left: Floats, right: Floats, *, is_last: bool) -> Floats:
        operations = np.array([code], np.int8)
        found = calculate_ranges(operations, left[:3, None], right[:3, None], self.operation)[:, 0]
        # A remainder lies between zero and its divisor.
        low, high = (right[0] + 1, right[1] - 1) if code == codes.DIVIDE else (0.0, 0.0)
        return np.array([*found, min(0.0, low), max(0.0, high)])

    def join(self, parts: Sequence[Floats], *, is_last: bool) -> Floats:
        low, high = np.min(parts, axis=0), np.max(parts, axis=0)
        return np.array([low[0], high[1], high[2], low[3], high[4]])


def largest_extent(terms: int, highest: int) -> Extent:
    """Bound the values of any expression, whatever its signs and brackets.

    One calculation multiplies, and adds at most one other product of the same size; so numerator and denominator of
    a value of n numbers up to m are at most 2**(n - 1) * m**n.

    >>> largest_extent(3, 9).high
    2916.0
    """
    bound = math.inf
    if (2 * max(highest, 1)) ** terms < 1 << 1000:
        bound = float(2 ** (terms - 1) * max(highest, 1) ** terms)
    return Extent(low=-bound, high=bound, denominator=bound, remainder_low=-bound, remainder_high=bound)


def calculate_ranges(operations: NDArray[np.int8], left: Floats, right: Floats, operation: Operation) -> Floats:
    """Bound one calculation of every row; all ranges are low, high and denominator, float64 [3, K]."""
    result = np.ones_like(left)
    # Infinities may meet zeros and each other; such a result has no bound.
    with np.errstate(invalid="ignore", over="ignore"):
        shared = left[2] * right[2]
        for kind, found in {
            codes.ADD: (left[0] + right[0], left[1] + right[1], shared),
            codes.SUBTRACT: (left[0] - right[1], left[1] - right[0], shared),
            codes.NEGATE: (-right[1], -right[0], right[2]),
            codes.MULTIPLY: (*_product(left, right), shared),
            codes.DIVIDE: _quotient(left, right, operation),
        }.items():
            result = np.where(operations == kind, np.stack(found), result)
    unbounded = np.array([-np.inf, np.inf, np.inf])
    return np.where(np.isnan(result), unbounded[:, None], result)


def _product(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    # -2..3 times 4..5: the corners -8, -10, 12, 15 hold the smallest and the largest.
    corners = np.stack([left[one] * right[other] for one in (0, 1) for other in (0, 1)])
    return corners.min(axis=0), corners.max(axis=0)


def _quotient(left: Floats, right: Floats, operation: Operation) -> tuple[Floats, Floats, Floats]:
    low, high = _product(left, _reciprocal(right))
    if operation == "floor":
        return np.floor(low), np.floor(high), np.ones_like(low)
    return low, high, left[2] * right[2] * np.maximum(-right[0], right[1])


def _reciprocal(divisor: Floats) -> Floats:
    """Bound 1/x for the values of x that are not zero."""
    low, high, denominator = divisor
    # The non-zero values next to zero are 1/denominator or farther away: of -2..3 in whole numbers, 1/x is -1..1.
    nearest = 1 / denominator
    below = np.where(low < 0, np.where(high < 0, 1 / np.minimum(high, -nearest), -denominator), 0.0)
    above = np.where(high > 0, np.where(low > 0, 1 / np.maximum(low, nearest), denominator), 0.0)
    smallest = np.where(low >= 0, 1 / np.where(high > 0, high, 1.0), below)
    largest = np.where(high <= 0, 1 / np.where(low < 0, low, -1.0), above)
    return np.stack([smallest, largest])
