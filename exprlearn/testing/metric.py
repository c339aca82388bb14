"""What holds for every metric: any text has a score, right answers the best one, and order does not count."""

from __future__ import annotations

import math
from collections.abc import Sequence

from exprlearn.testing.check import Subject, demand
from exprlearn.testing.contract import Contract

TRUTHS = ("46", "7", "-120", "0", "1998", "35")
ANSWERS: dict[str, Sequence[str]] = {
    "right": TRUTHS,
    "partly right": ("46", "8", "-12", "0", "1999", "53"),
    "wrong": ("64", "6", "120", "9", "1", "3355"),
    "empty": ("",) * len(TRUTHS),
    "nonsense": ("?", "--3", "4 r 2", "1/0", "9" * 40, "٣"),
}
LOWER = "lower is better"


class MetricContract(Contract, kind="metric"):
    """What every metric promises."""


@MetricContract.check()
def every_text_has_a_finite_score(subject: Subject) -> None:
    """Score answers of all sorts, which a model may well write."""
    for name, answers in ANSWERS.items():
        score = subject.make().score(answers, TRUTHS)
        is_number = isinstance(score, int | float) and math.isfinite(score)
        demand(is_number, f"{name} answers must have a finite score, received {score!r}")


@MetricContract.check(needs=every_text_has_a_finite_score)
def no_answers_score_better_than_the_right_ones(subject: Subject) -> None:
    """Compare scores; lower is better where the summary says so."""
    sign = -1 if subject.spec.is_lower_better else 1
    scores = {name: subject.make().score(answers, TRUTHS) for name, answers in ANSWERS.items()}
    for name, score in scores.items():
        better = sign * score > sign * scores["right"]
        demand(not better, f"{name} answers score {score}, right ones {scores['right']}: say '{LOWER}' in the summary?")


@MetricContract.check(needs=every_text_has_a_finite_score)
def scores_lie_between_zero_and_one(subject: Subject) -> None:
    """Look at the bounds: shares lie in 0..1, errors have no upper bound."""
    highest = math.inf if subject.spec.is_lower_better else 1.0
    for name, answers in ANSWERS.items():
        score = subject.make().score(answers, TRUTHS)
        demand(0 <= score <= highest, f"{name} answers score {score}, which is not in 0..{highest:g}")


@MetricContract.check(needs=every_text_has_a_finite_score)
def the_order_of_items_changes_nothing(subject: Subject) -> None:
    """Score the same items the other way round."""
    for name, answers in ANSWERS.items():
        score, turned = (subject.make().score(answers[::step], TRUTHS[::step]) for step in (1, -1))
        demand(math.isclose(score, turned), f"{name} answers score {score}, the other way round {turned}")
