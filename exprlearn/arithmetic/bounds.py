"""How large the values of skeletons can get, whatever numbers fill them: interval arithmetic over programs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import programs as code
from exprlearn.arithmetic.programs import Programs

Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]


def value_bounds(programs: Programs, lowest: NDArray[np.float64], highest: NDArray[np.float64]) -> tuple[float, float]:
    """Return numbers that no value of any skeleton lies outside of; infinite after a division by what may be zero.

    Args:
        programs: the calculations of K skeletons.
        lowest: the smallest number of each slot, float64 [slots].
        highest: the largest.
    """
    rows = len(programs.results)
    low, high = np.zeros((2, programs.registers, rows))
    low[: programs.slots], high[: programs.slots] = lowest[:, None], highest[:, None]
    every = np.arange(rows)
    with np.errstate(invalid="ignore", over="ignore"):
        for step in range(programs.operations.shape[1]):
            left, right = programs.left[:, step], programs.right[:, step]
            first, second = (low[left, every], high[left, every]), (low[right, every], high[right, every])
            low[programs.slots + step], high[programs.slots + step] = _bound(
                programs.operations[:, step], first, second
            )
    if programs.by_text.any():
        return -np.inf, np.inf
    return float(low[programs.results, every].min()), float(high[programs.results, every].max())


def _bound(operations: NDArray[np.int8], left: Bounds, right: Bounds) -> Bounds:
    """Bound one calculation of every row."""
    below, above = (left[0] + right[0], left[1] + right[1])
    for kind, (low, high) in {
        code.SUBTRACT: (left[0] - right[1], left[1] - right[0]),
        code.NEGATE: (-right[1], -right[0]),
        code.MULTIPLY: _product(left, right),
        code.DIVIDE: _product(left, _reciprocal(right)),
    }.items():
        below, above = np.where(operations == kind, low, below), np.where(operations == kind, high, above)
    # An infinity times zero has no value; the product has no bound then.
    return np.where(np.isnan(below), -np.inf, below), np.where(np.isnan(above), np.inf, above)


def _product(left: Bounds, right: Bounds) -> Bounds:
    corners = np.stack([one * other for one in left for other in right])
    return corners.min(axis=0), corners.max(axis=0)


def _reciprocal(divisor: Bounds) -> Bounds:
    """Bound 1/x; without bounds when x may be zero or come near to it."""
    near = (divisor[0] <= 0) & (divisor[1] >= 0)
    safe = np.where(near, 1.0, divisor[0]), np.where(near, 1.0, divisor[1])
    return np.where(near, -np.inf, 1 / safe[1]), np.where(near, np.inf, 1 / safe[0])
