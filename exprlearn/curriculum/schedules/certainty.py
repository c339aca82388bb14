"""How sure the results of a stage are: what a promotion asks is a bound, not a point."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1 << 12)
def surely(right: int, count: int) -> float:
    """Return the lower end of the 95 % Wilson interval of `right` answers among `count`; 0 without any.

    A stage of few held-out expressions is not passed by luck: all of 10 right is surely only 72 % right.

    >>> round(surely(10, 10), 3), round(surely(100, 100), 3), surely(0, 0)
    (0.722, 0.963, 0.0)
    """
    # Importing scipy.stats costs two seconds, so only those who ask pay.
    from scipy.stats import binomtest

    if count == 0:
        return 0.0
    return float(binomtest(right, count).proportion_ci(confidence_level=0.95, method="wilson").low)
