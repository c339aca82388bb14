"""How sure a share is: the value with its 95 % Wilson interval."""

from __future__ import annotations

from dataclasses import dataclass

from exprlearn.errors import DataError


@dataclass(frozen=True)
class Interval:
    """A share of `count` items with its 95 % confidence interval.

    Attributes:
        value: successes / count.
        low: lower end, 0 ≤ low ≤ value.
        high: upper end, value ≤ high ≤ 1.
        count: items the share was taken of.
    """

    value: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{percent(self.value)} (95 %: {span(self)}, n = {self.count})"


def wilson(successes: int, count: int) -> Interval:
    """Give the share `successes / count` and its 95 % Wilson interval.

    Of all short formulas this one keeps its promise near 0 and 1, where models end up
    (Brown, Cai and DasGupta 2001, Interval Estimation for a Binomial Proportion).

    Raises:
        DataError: no items.

    >>> wilson(9, 10)
    Interval(value=0.9, low=0.5958499732047615, high=0.9821237869049271, count=10)
    """
    # Importing scipy.stats costs two seconds, so only those who ask for an interval pay.
    from scipy.stats import binomtest

    if count == 0:
        raise DataError("a share of no items has no value: score at least one example (data.test)")
    bounds = binomtest(successes, count).proportion_ci(confidence_level=0.95, method="wilson")
    return Interval(successes / count, float(bounds.low), float(bounds.high), count)


def percent(value: float) -> str:
    """Write a share as a percentage that says 0 or 100 only when it is so.

    >>> percent(0.974), percent(1999 / 2000), percent(1.0), percent(1 / 5000)
    ('97.4 %', '99.95 %', '100.0 %', '0.02 %')
    """
    for decimals in (1, 2, 3):
        text = f"{100 * value:.{decimals}f}"
        if (float(text) in (0.0, 100.0)) == (value in (0.0, 1.0)):
            break
    return f"{text} %"


def span(interval: Interval) -> str:
    """Write the two ends of an interval in percent; of a census, where nothing is estimated, that it is one.

    >>> span(Interval(0.9, 0.5958, 0.9821, 10))
    '59.6 – 98.2'
    >>> span(Interval(0.9, 0.9, 0.9, 10))
    'census'
    """
    if interval.low == interval.high:
        return "census"
    low, high = (percent(end).removesuffix(" %") for end in (interval.low, interval.high))
    return f"{low} – {high}"
