"""Two models on the same items: is one better than chance would make it look?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Tests drawn anew for a bootstrap.
RESAMPLES = 10_000

_PURPOSE = int.from_bytes(b"paired")


@dataclass(frozen=True)
class Outcomes:
    """How often each of two models is right on the same items.

    Attributes:
        both: items that both get right.
        first_only: items that only the first gets right.
        second_only: items that only the second gets right.
        neither: items that neither gets right.
    """

    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def count(self) -> int:
        """How many items there are."""
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def difference(self) -> float:
        """The second's exact match less the first's."""
        return (self.second_only - self.first_only) / self.count


@dataclass(frozen=True)
class Difference:
    """The second's exact match less the first's, with a 95 % interval.

    Attributes:
        value: between -1 and 1; above 0 the second is better.
        low: lower end.
        high: upper end.
    """

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Tell whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def outcomes(first: Sequence[bool], second: Sequence[bool]) -> Outcomes:
    """Count who is right where.

    >>> outcomes([True, True, False], [True, False, False])
    Outcomes(both=1, first_only=1, second_only=0, neither=1)
    """
    pairs = list(zip(first, second, strict=True))
    return Outcomes(*(pairs.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))))


def mcnemar(counts: Outcomes) -> float:
    """Return the exact two-sided p of McNemar's test (1947): of the items that one alone gets right, half are expected.

    It asks whether two models as good as each other would differ so much on these items. It errs on the safe side: of
    equal models fewer than 5 % come out below 0.05.

    >>> round(mcnemar(Outcomes(both=900, first_only=11, second_only=44, neither=45)), 6)
    9e-06
    """
    # Importing scipy.stats costs two seconds, so only those who compare pay.
    from scipy.stats import binomtest

    differing = counts.first_only + counts.second_only
    return float(binomtest(counts.second_only, differing).pvalue) if differing else 1.0


def bootstrap(counts: Outcomes, *, seed: int = 0, resamples: int = RESAMPLES) -> Difference:
    """Return the difference with its paired percentile bootstrap interval.

    Drawing n items anew from n, both models' answers together, is drawing how many fall to each of the four outcomes:
    so one multinomial draw does what n draws would.

    >>> bootstrap(Outcomes(both=900, first_only=11, second_only=44, neither=45))
    Difference(value=0.033, low=0.019, high=0.048)
    """
    shares = np.array([counts.first_only, counts.second_only, counts.both + counts.neither]) / counts.count
    draw = np.random.default_rng([seed, _PURPOSE, resamples])
    drawn = draw.multinomial(counts.count, shares, size=resamples)
    low, high = np.quantile((drawn[:, 1] - drawn[:, 0]) / counts.count, [0.025, 0.975]).tolist()
    return Difference(counts.difference, low, high)


def over_seeds(differences: Sequence[float]) -> Difference:
    """Return the mean of at least two differences, one a seed, with Student's t interval: how training varies.

    >>> found = over_seeds([0.01, 0.02, 0.03])
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.02, -0.005, 0.045)
    """
    from scipy.stats import ttest_1samp

    mean = float(np.mean(differences))
    if len(set(differences)) == 1:
        return Difference(mean, mean, mean)
    interval = ttest_1samp(differences, 0.0).confidence_interval(0.95)
    return Difference(mean, float(interval.low), float(interval.high))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust the p of several comparisons so that all of them together err in 5 % (Holm 1979).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    weighted = np.asarray(p_values)[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(weighted), 1.0)
    return [float(value) for value in adjusted]
