"""How sure the results of a stage are: what a promotion asks is a bound, not a point."""

from __future__ import annotations

from exprlearn.intervals import wilson
from exprlearn.plugin import StageResult


def surely(result: StageResult) -> float:
    """Return the lower end of the 95 % interval of the exact match; of a whole stage, the exact match itself.

    So no stage is passed by luck: all of 10 right is surely only 72 % right.

    >>> [round(surely(StageResult(count, count)), 3) for count in (10, 100)], surely(StageResult(9, 10, whole=True))
    ([0.722, 0.963], 0.9)
    """
    if result.whole or not result.count:
        return result.right / max(result.count, 1)
    share = result.right / result.count
    independent = result.count if result.independent is None else result.independent
    return wilson(share * independent, independent).low


def enough(share: float) -> int:
    """Return a number of expressions, a power of two, all right of which are surely as good as a share below 1.

    >>> enough(0.9), enough(0.99)
    (64, 512)
    """
    count = 1
    while surely(StageResult(count, count)) < min(share, 1 - 1e-6):
        count *= 2
    return count
