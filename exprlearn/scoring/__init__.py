"""Scoring decoded answers: exact match with its interval, baselines and where the errors are."""

from __future__ import annotations

from exprlearn.intervals import Interval, percent, span, wilson
from exprlearn.scoring.baselines import baselines, most_common_answer
from exprlearn.scoring.breakdown import AXES, Group, breakdown
from exprlearn.scoring.metrics import (
    Distance,
    Lengths,
    digit_accuracy,
    exact_match,
    length_error,
    root_mean_square_error,
)
from exprlearn.scoring.scores import Scores, score, scores_document

__all__ = [
    "AXES",
    "Distance",
    "Group",
    "Interval",
    "Lengths",
    "Scores",
    "baselines",
    "breakdown",
    "digit_accuracy",
    "exact_match",
    "length_error",
    "most_common_answer",
    "percent",
    "root_mean_square_error",
    "score",
    "scores_document",
    "span",
    "wilson",
]
