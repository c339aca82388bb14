"""How far off answers are: in value and in length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from exprlearn.scoring.metrics import number, root_mean_square_error


@dataclass(frozen=True)
class Distance:
    """How far answers are from the truth as numbers.

    Attributes:
        rmse: root mean square error of all answers in their own units; what is no number counts as 0.
        median_relative: how far half of the wrong answers that are numbers are off at least, as a share of the
            truth; of a truth of 0, of 1. None without such answers.
        unreadable: share of all answers that are no number.
    """

    rmse: float
    median_relative: float | None
    unreadable: float


@dataclass(frozen=True)
class Lengths:
    """How many answers have another number of characters than the truth.

    Attributes:
        shorter: share of all answers that are too short.
        longer: share of all answers that are too long.
    """

    shorter: float
    longer: float


def distance(answers: Sequence[str], truths: Sequence[str]) -> Distance | None:
    """Measure how far answers are off; None when a truth is no number (`7 r 2`).

    Raises:
        DataError: nothing to score.

    >>> distance(["150", "3", "", "4"], ["200", "3", "50", "4"])
    Distance(rmse=35.35533905932738, median_relative=0.25, unreadable=0.25)
    """
    rmse = root_mean_square_error(answers, truths)
    if rmse is None:
        return None
    read = [number(answer) for answer in answers]
    pairs = zip(read, answers, truths, strict=True)
    off = [_relative(value, truth) for value, answer, truth in pairs if value is not None and answer != truth]
    return Distance(rmse, float(median(off)) if off else None, read.count(None) / len(truths))


def lengths(answers: Sequence[str], truths: Sequence[str]) -> Lengths:
    """Tell how many answers are too short and too long.

    >>> lengths(["15", "1555", "155", ""], ["155"] * 4)
    Lengths(shorter=0.5, longer=0.25)
    """
    more = [len(answer) - len(truth) for answer, truth in zip(answers, truths, strict=True)]
    return Lengths(sum(by < 0 for by in more) / len(more), sum(by > 0 for by in more) / len(more))


def _relative(value: Fraction, text: str) -> Fraction:
    truth = number(text) or Fraction(0)
    return abs(value - truth) / (abs(truth) or 1)
