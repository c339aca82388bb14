"""Scores as the JSON document that other programs read."""

from __future__ import annotations

from typing import Any

from exprlearn.intervals import Interval
from exprlearn.scoring.breakdown import Group
from exprlearn.scoring.scores import Scores

FORMAT = 1


def scores_document(scores: Scores, run: str, split: str) -> dict[str, Any]:
    """Write scores with fixed keys, `format` first; `rmse`, `metrics` and the like only where there are some.

    >>> from exprlearn.scoring import score
    >>> list(scores_document(score(["1+2"], ["3"], ["3"]), "addition-1", "test"))[:7]
    ['format', 'run', 'split', 'exact_match', 'digit_accuracy', 'baselines', 'breakdown']
    """
    document: dict[str, Any] = {
        "format": FORMAT,
        "run": run,
        "split": split,
        "exact_match": _interval(scores.exact_match),
        "digit_accuracy": scores.digit_accuracy,
        "baselines": dict(scores.baselines),
        "breakdown": {axis: [_group(group) for group in groups] for axis, groups in scores.breakdown.items()},
    }
    if scores.distance is not None:
        document["value_error"] = vars(scores.distance)
    if scores.lengths is not None:
        document["length_error"] = vars(scores.lengths)
    if scores.omitted:
        document["omitted_baselines"] = dict(scores.omitted)
    if scores.rmse is not None:
        document["rmse"] = scores.rmse
    if scores.metrics:
        document["metrics"] = dict(scores.metrics)
    return document


def _interval(interval: Interval) -> dict[str, float | int]:
    return {"value": interval.value, "low": interval.low, "high": interval.high, "count": interval.count}


def _group(group: Group) -> dict[str, Any]:
    return {"group": group.group, **_interval(group.interval)}
