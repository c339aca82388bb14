"""Points that follow a model's mistakes, so that hard is what models find hard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.difficulty.features import FEATURES, WEIGHTS, features_of, scores
from exprlearn.errors import DataError

FEWEST, BINS = 30, 20
_RIDGE, _STRONGEST = 1e-3, 100


@dataclass(frozen=True)
class Fit:
    """Fitted points, and how well they order expressions that they were not fitted to.

    Attributes:
        weights: points for one more of each feature; the strongest has 100.
        correlation: rank correlation of the score with the share of wrong answers, over groups of equal size.
        usual: the same correlation of the points as they are.
        wrong: how many of the answers were wrong.
        count: how many answers there are; every other one is fitted to, the rest is ordered.
    """

    weights: Mapping[str, int]
    correlation: float
    usual: float
    wrong: int
    count: int


def fit(expressions: Sequence[str], wrong: NDArray[np.bool_]) -> Fit:
    """Fit points to n questions, of which some, bool [n], were answered wrongly.

    It is a logistic regression whose coefficients may not be negative. A `DataError` says that too few answers are
    wrong, or too few right.
    """
    fewer = min(int(wrong.sum()), int((~wrong).sum()))
    if fewer < FEWEST:
        which = "wrong" if wrong.sum() == fewer else "right"
        raise DataError(
            f"{fewer} of {len(wrong)} answers are {which}, at least {FEWEST} are needed: ask more with --size"
        )
    features = np.array([list(features_of(text).values()) for text in expressions], np.int64)
    weights = _points(features[::2], wrong[::2])
    held_out, missed = features[1::2], wrong[1::2]
    return Fit(
        weights=weights,
        correlation=rank_correlation(scores(held_out, weights), missed),
        usual=rank_correlation(scores(held_out, WEIGHTS), missed),
        wrong=int(wrong.sum()),
        count=len(wrong),
    )


def rank_correlation(points: NDArray[np.int64], wrong: NDArray[np.bool_]) -> float:
    """Correlate the ranks of scores and shares of wrong answers, over twenty groups from easy to hard.

    >>> points = np.arange(200)
    >>> [round(rank_correlation(points, wrong), 2) for wrong in (points > 100, points < 100)]
    [0.89, -0.87]
    """
    from scipy.stats import spearmanr

    groups = np.array_split(np.argsort(points, kind="stable"), BINS)
    shares = [float(wrong[group].mean()) for group in groups]
    if len(set(shares)) == 1:
        return 0.0
    return float(spearmanr([float(points[group].mean()) for group in groups], shares).statistic)


def _points(features: NDArray[np.int64], wrong: NDArray[np.bool_]) -> dict[str, int]:
    """Fit, and scale so that the strongest feature has 100 points."""
    from scipy.optimize import minimize

    spread = features.std(axis=0)
    used = np.flatnonzero(spread)
    columns = (features[:, used] - features[:, used].mean(axis=0)) / spread[used]
    start = np.zeros(len(used) + 1)
    bounds = [(0.0, None)] * len(used) + [(None, None)]
    found = minimize(_loss, start, args=(columns, wrong), jac=True, bounds=bounds, method="L-BFGS-B")
    slopes = np.zeros(len(spread))
    slopes[used] = found.x[:-1] / spread[used]
    scaled = np.rint(slopes * _STRONGEST / max(slopes.max(), 1e-12)).astype(int)
    return dict(zip(FEATURES, scaled.tolist(), strict=True))


def _loss(slopes: NDArray[Any], columns: NDArray[Any], wrong: NDArray[np.bool_]) -> tuple[float, NDArray[Any]]:
    """Return the mean loss of a logistic regression, and its gradient; the last slope is the constant."""
    logits = columns @ slopes[:-1] + slopes[-1]
    errors = 1 / (1 + np.exp(-logits)) - wrong
    loss = float(np.mean(np.logaddexp(0, logits) - wrong * logits) + _RIDGE * (slopes[:-1] ** 2).sum())
    gradient = columns.T @ errors / len(wrong) + 2 * _RIDGE * slopes[:-1]
    return loss, np.append(gradient, errors.mean())
