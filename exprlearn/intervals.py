"""How sure a share is: the value with its 95 % interval, which knows that items of one form go together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import DataError

#: Half the width of a 95 % interval, in standard errors of a normal distribution.
_Z = 1.959963984540054

#: How much alike items of one form are answered where nothing is known yet (measured on sums: one half), and how many
#: right or wrong answers, of whichever there are fewer, weigh as much as that.
_ASSUMED_CORRELATION, _ASSUMED_WEIGHT = 0.5, 4.0


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


def wilson(successes: float, count: float) -> Interval:
    """Give the share `successes / count` and its 95 % Wilson interval, for items that are independent of each other.

    Of all short formulas this one keeps its promise near 0 and 1, where models end up
    (Brown, Cai and DasGupta 2001, Interval Estimation for a Binomial Proportion). Of no items it is a DataError.

    >>> found = wilson(9, 10)
    >>> found.value, round(found.low, 4), round(found.high, 4), found.count
    (0.9, 0.5958, 0.9821, 10)
    """
    if not count:
        raise DataError("a share of no items has no value: score at least one example (data.test)")
    value = successes / count
    centre = value + _Z**2 / (2 * count)
    half = _Z * sqrt(value * (1 - value) / count + _Z**2 / (4 * count**2))
    low, high = ((centre + end) / (1 + _Z**2 / count) for end in (-half, half))
    # Rounding must not push an end past the value or past 0 and 1.
    return Interval(value, max(0.0, min(low, value)), min(1.0, max(high, value)), round(count))


def estimate_share(right: Sequence[bool], forms: Sequence[Hashable]) -> Interval:
    """Give the share of right items with its 95 % interval over forms.

    Items that say the same, such as 3+5 and 5+3, are mostly right or wrong together, so that two of them tell less than
    two others do. The interval is Wilson's of the independent items that tell as much (Franco, Little, Louis and
    Slud 2019, Comparative Study of Confidence Intervals for Proportions in Complex Sample Surveys).

    Args:
        right: whether each of n items is right.
        forms: what each of them says, such as its canonical key.

    >>> right = [True, False] * 50
    >>> str(estimate_share(right, forms=range(100)))
    '50.0 % (95 %: 40.4 – 59.6, n = 100)'
    >>> str(estimate_share(sorted(right), forms=[item // 2 for item in range(100)]))
    '50.0 % (95 %: 36.8 – 63.2, n = 100)'
    """
    count, value = len(right), sum(right) / max(len(right), 1)
    independent = independent_count(right, forms)
    found = wilson(value * independent, independent)
    return Interval(value, found.low, found.high, count)


def independent_count(right: Sequence[bool], forms: Sequence[Hashable]) -> float:
    """Return how many independent items tell as much as n items of some forms: at most n, at least as many as forms.

    >>> independent_count([True, True, False], forms=["3+5", "4+5", "1+2"])
    3
    >>> round(independent_count([True, True, False, False] * 25, forms=[item // 2 for item in range(100)]), 1)
    50.9
    """
    count = len(right)
    numbers: dict[Hashable, int] = {}
    form_of = np.array([numbers.setdefault(form, len(numbers)) for form in forms], np.intp)
    sizes = np.bincount(form_of)
    # What stands beside an item on average, itself counted: 1 where every form occurs once.
    beside = float((sizes**2).sum()) / max(count, 1)
    return count if beside <= 1 else count / (1 + (beside - 1) * _correlation(np.asarray(right, bool), form_of, sizes))


def _correlation(right: NDArray[np.bool_], form_of: NDArray[np.intp], sizes: NDArray[np.intp]) -> float:
    """Estimate how much alike items of one form are answered: 0 not at all, 1 always right or wrong together.

    The products of deviations over all pairs of one form, n (n - 1) of n items, against what they were at 1:

        right 1 1 | 0 0 | 1 0     deviations ½ ½ | -½ -½ | ½ -½      sums 1, -1, 0; squares 6 · ¼
        pairs (1² + 1² + 0² - 1.5) / (¼ · 6) = 1/3
    """
    share = right.mean()
    deviations = right - share
    pairs = (np.bincount(form_of, deviations) ** 2).sum() - (deviations**2).sum()
    all_alike = share * (1 - share) * (sizes * (sizes - 1)).sum()
    fewer = min(right.sum(), (~right).sum())
    estimated = pairs / all_alike if fewer else 0.0
    # Few wrong answers say little about how they go together.
    weighted = (fewer * estimated + _ASSUMED_WEIGHT * _ASSUMED_CORRELATION) / (fewer + _ASSUMED_WEIGHT)
    return float(np.clip(weighted, 0, 1))


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
