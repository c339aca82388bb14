"""How much each setting mattered: the share of the ranks of trials that it explains, beside chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from exprlearn.sweep.section import ChoiceList, SweepSection, describe_value

if TYPE_CHECKING:
    from exprlearn.sweep.trial import End, Result

#: The second entry of a seed: what the random numbers are for.
PERMUTE: Final = 32
PERMUTATIONS: Final = 2000
#: Trials below which a share says little.
ENOUGH: Final = 10

Ranks = NDArray[np.float64]


@dataclass(frozen=True)
class Importance:
    """How much a setting mattered: the share of the variance of ranks that it explains, and how often chance does."""

    key: str
    share: float
    p: float


def results_of(section: SweepSection, ends: Sequence[End]) -> tuple[dict[str, Result], int | None]:
    """Return the results by trial, and after how many epochs they compare; None is after all.

    Where trials are stopped, that is after the first epochs, which all of them have.
    """
    until = section.stop.after[0] if section.stop else None
    return {end.trial.name: end.result for end in ends if end.result is not None}, until


def scores_of(section: SweepSection, ends: Sequence[End]) -> dict[str, float]:
    """Return exact match on the validation split by trial, all after as many epochs."""
    results, until = results_of(section, ends)
    return {name: result.exact_match(until).value for name, result in results.items()}


def importances(section: SweepSection, ends: Sequence[End]) -> list[Importance]:
    """Tell how much each varied setting mattered, the one that mattered most first; none where all trials are alike."""
    results, until = results_of(section, ends)
    evaluated = [end.trial.settings for end in ends if end.trial.name in results]
    ranks = rank([result.merit(until) for result in results.values()])
    found = []
    for index, (key, parameter) in enumerate(section.parameters.items()):
        values = [settings[key] for settings in evaluated]
        if len(set(map(describe_value, values))) > 1 and len(set(ranks)) > 1:
            generator = np.random.default_rng([section.seed, PERMUTE, index])
            explained = by_choice(values) if isinstance(parameter, ChoiceList) else by_number(values)
            found.append(Importance(key, explained(ranks), chance(explained, ranks, generator)))
    return sorted(found, key=lambda each: -each.share)


def rank(values: Sequence[float]) -> Ranks:
    """Return ranks from 1 on, equal values share the mean of theirs.

    >>> rank([0.5, 0.1, 0.5]).tolist()
    [2.5, 1.0, 2.5]
    """
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=np.float64)


def by_number(values: Sequence[float]) -> Callable[[Ranks], float]:
    """Return what computes Spearman's rho squared between numbers and ranks.

    >>> round(by_number([1, 10, 100])(rank([0.3, 0.2, 0.1])), 3)
    1.0
    """
    own = rank(values)
    return lambda ranks: float(np.corrcoef(own, ranks)[0, 1] ** 2)


def by_choice(values: Sequence[Any]) -> Callable[[Ranks], float]:
    """Return what computes one-way eta squared: how much of the variance of ranks lies between the choices.

    >>> by_choice(["a", "a", "b", "b"])(rank([0.1, 0.2, 0.3, 0.4]))
    0.8
    """
    texts = [describe_value(value) for value in values]
    groups = [np.array([text == each for text in texts]) for each in dict.fromkeys(texts)]

    def explained(ranks: Ranks) -> float:
        # Ranks 1, 2 of "a" and 3, 4 of "b" around their mean 2.5: between groups 2 · 1² + 2 · 1² = 4,
        # of 1.5² + 0.5² + 0.5² + 1.5² = 5 in all; so 0.8.
        middle = ranks.mean()
        between = sum(group.sum() * (ranks[group].mean() - middle) ** 2 for group in groups)
        return float(between / ((ranks - middle) ** 2).sum())

    return explained


def chance(explained: Callable[[Ranks], float], ranks: Ranks, generator: np.random.Generator) -> float:
    """Return how often ranks dealt out by chance are explained as well: the p-value of a permutation test."""
    least = explained(ranks) - 1e-12
    reached = sum(explained(generator.permutation(ranks)) >= least for _ in range(PERMUTATIONS))
    return (reached + 1) / (PERMUTATIONS + 1)
