"""Two models on the same items: is one better than chance would make it look?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

#: Tests drawn anew for a bootstrap.
RESAMPLES = 10_000

_PURPOSE = int.from_bytes(b"paired")


class Outcomes(NamedTuple):
    """How many items both of two models get right, only the first, only the second, and neither."""

    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def difference(self) -> float:
        """The second's exact match less the first's."""
        return (self.second_only - self.first_only) / sum(self)


FormDifferences = Mapping[tuple[int, int], int]
"""How many forms there are by (items, how many more of them the second model gets right than the first)."""


@dataclass(frozen=True)
class Difference:
    """The second's exact match less the first's, with a 95 % interval; above 0 the second is better."""

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


def form_differences(first: Sequence[bool], second: Sequence[bool], forms: Sequence[Hashable]) -> FormDifferences:
    """Count the forms of n items by how many items they have and by how many more of them the second gets right.

    >>> counted = form_differences([True, True, False], [False, False, True], forms=["3+5", "3+5", "1+2"])
    >>> sorted(counted.items())
    [((1, 1), 1), ((2, -2), 1)]
    """
    items: Counter[Hashable] = Counter(forms)
    ahead: Counter[Hashable] = Counter()
    for mine, yours, form in zip(first, second, forms, strict=True):
        ahead[form] += int(yours) - int(mine)
    return Counter((items[form], ahead[form]) for form in items)


def mcnemar(forms: FormDifferences) -> float:
    """Return the exact two-sided p of McNemar's test (1947), over forms.

    It asks whether two models as good as each other would differ so much on these items: then each form's difference
    would as often have the other sign. Where every form occurs once this is the binomial test of the items that one
    alone gets right. It errs on the safe side: of equal models fewer than 5 % come out below 0.05.

    >>> round(mcnemar({(1, -1): 11, (1, 1): 44, (1, 0): 945}), 6)
    9e-06
    """
    # Importing scipy.stats costs two seconds, so only those who compare pay.
    from scipy.stats import binom

    weights: Counter[int] = Counter()
    for (_, ahead), count in forms.items():
        weights[abs(ahead)] += count
    # How likely each sum of positive signs is: weight 2 in 3 forms gives 0, 2, 4, 6 with 1/8, 3/8, 3/8, 1/8.
    likely = np.ones(1)
    for weight, count in weights.items():
        if weight:
            single = np.zeros(weight * count + 1)
            single[::weight] = binom.pmf(np.arange(count + 1), count, 0.5)
            likely = np.convolve(likely, single)
    observed = abs(sum(ahead * count for (_, ahead), count in forms.items()))
    sums = 2 * np.arange(len(likely)) - (len(likely) - 1)
    return min(1.0, float(likely[abs(sums) >= observed].sum()))


def bootstrap(forms: FormDifferences, *, seed: int = 0, resamples: int = RESAMPLES) -> Difference:
    """Return the difference with its paired percentile bootstrap interval, over forms.

    Drawing n forms anew from n, all their items and both models' answers together, is drawing how many fall to each
    kind of form: so one multinomial draw does what n draws would.

    >>> bootstrap({(1, -1): 11, (1, 1): 44, (1, 0): 945})
    Difference(value=0.033, low=0.019, high=0.048)
    """
    kinds = sorted(forms, key=lambda kind: (kind[1] == 0, kind[1], kind[0]))
    counts = np.array([forms[kind] for kind in kinds])
    items, ahead = np.array(kinds).T
    draw = np.random.default_rng([seed, _PURPOSE, resamples])
    drawn = draw.multinomial(counts.sum(), counts / counts.sum(), size=resamples)
    low, high = np.quantile((drawn @ ahead) / (drawn @ items), [0.025, 0.975]).tolist()
    return Difference(float(counts @ ahead / (counts @ items)), low, high)


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
