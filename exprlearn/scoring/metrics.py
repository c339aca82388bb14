"""How right decoded answers are: exact match first, then digits, distance and length, and the lines of workings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from math import hypot, sqrt
from operator import eq
from statistics import median
from typing import Any

from exprlearn.errors import DataError
from exprlearn.intervals import Interval, estimate_share
from exprlearn.working import WorkingCheck

# 300 digits and fewer always fit a float; no answer that a model writes comes near.
NUMBER = re.compile(r"[-−]?[0-9]{1,300}(?:\.[0-9]{1,300}|/0*[1-9][0-9]{0,299})?")


@dataclass(frozen=True)
class Distance:
    """How far answers are from the truth as numbers.

    Attributes:
        rmse: root mean square error of all answers in their own units; NaN or unparsable text counts as 0.
        median_relative: how far half of the wrong answers that are numbers are off at least, as a share of the
            truth; of a truth of 0, of 1. None without such answers.
        unreadable: share of all answers that cannot be read as numbers.
    """

    rmse: float
    median_relative: float | None
    unreadable: float


@dataclass(frozen=True)
class Lengths:
    """Which shares of all answers are too short and too long."""

    shorter: float
    longer: float


def exact_match(answers: Sequence[str], truths: Sequence[str]) -> float:
    """Return the share of answers that are the truth, character for character; of none it is a `DataError`.

    >>> exact_match(["46", "165", ""], ["46", "155", "7"])
    0.3333333333333333
    """
    return count_right(answers, truths) / _checked(truths)


def estimate_exact_match(answers: Sequence[str], truths: Sequence[str], forms: Sequence[Hashable]) -> Interval:
    """Return the exact match with its 95 % interval over forms: what each expression says, such as its canonical key.

    >>> str(estimate_exact_match(["46", "165"], ["46", "155"], ["12+34", "77+78"]))
    '50.0 % (95 %: 9.5 – 90.5, n = 2)'
    """
    return estimate_share([answer == truth for answer, truth in zip(answers, truths, strict=True)], forms)


def digit_accuracy(answers: Sequence[str], truths: Sequence[str]) -> float:
    """Return the share of characters that are right, both texts laid flush right: units over units.

    The denominator is the length of the longer text of each pair, so that a missing or surplus character counts as a
    wrong one and padding never counts at all. An all-blank model scores 0; nothing to score is a `DataError`.

    >>> digit_accuracy(["165"], ["155"])
    0.6666666666666666
    >>> digit_accuracy(["55"], ["155"]), digit_accuracy([""], ["155"])
    (0.6666666666666666, 0.0)
    """
    _checked(truths)
    pairs = list(zip(answers, truths, strict=True))
    right = sum(sum(map(eq, reversed(answer), reversed(truth))) for answer, truth in pairs)
    written = sum(max(len(answer), len(truth)) for answer, truth in pairs)
    return right / written if written else 1.0


def root_mean_square_error(answers: Sequence[str], truths: Sequence[str]) -> float | None:
    """Return the RMSE in the units of the answers, or None when a truth is not a number (`7 r 2`).

    An unparsable answer counts as 0, so leaving hard items blank gains nothing; nothing to score is a `DataError`.

    >>> root_mean_square_error(["150"], ["155"])
    5.0
    """
    count = _checked(truths)
    expected = [number(truth) for truth in truths]
    if None in expected:
        return None
    pairs = zip(answers, expected, strict=True)
    return hypot(*(float((number(answer) or Fraction(0)) - (truth or 0)) for answer, truth in pairs)) / sqrt(count)


def length_error(answers: Sequence[str], truths: Sequence[str]) -> float:
    """Return the share of answers that have another number of characters than the truth; lower is better.

    >>> length_error(["46", "15"], ["47", "155"])
    0.5
    """
    pairs = zip(answers, truths, strict=True)
    return sum(len(answer) != len(truth) for answer, truth in pairs) / _checked(truths)


def distance(answers: Sequence[str], truths: Sequence[str]) -> Distance | None:
    """Measure how far answers are off; None when a truth is not a number (`7 r 2`).

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


def number(text: str) -> Fraction | None:
    """Read an integer, decimal or reduced fraction exactly; None when `text` is none of them.

    >>> number("-3.5"), number("7/2"), number("7/0"), number("--1")
    (Fraction(-7, 2), Fraction(7, 2), None, None)
    """
    return Fraction(text.replace("−", "-")) if NUMBER.fullmatch(text) else None


def count_right(answers: Sequence[str], truths: Sequence[str]) -> int:
    """Count the answers that are the truth, character for character.

    >>> count_right(["46", "46.0"], ["46", "46"])
    1
    """
    return sum(answer == truth for answer, truth in zip(answers, truths, strict=True))


def _checked(truths: Sequence[str]) -> int:
    if not truths:
        raise DataError("there is nothing to score: 0 examples came, at least 1 is needed (data.validation, data.test)")
    return len(truths)


def _relative(value: Fraction, text: str) -> Fraction:
    truth = number(text) or Fraction(0)
    return abs(value - truth) / (abs(truth) or 1)


@dataclass(frozen=True)
class WorkingScores:
    """What is said of the workings of one split.

    Attributes:
        right: the share of answers whose every line is right, with its interval.
        lines: which share of the lines is right before the first wrong one; a mean over the answers.
        faults: how many first wrong lines there are of each kind, the most frequent first.
    """

    right: Interval
    lines: float
    faults: Mapping[str, int]

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {"right": asdict(self.right), "lines": self.lines, "first_wrong_lines": dict(self.faults)}


def score_workings(checks: Sequence[WorkingCheck], forms: Sequence[Hashable]) -> WorkingScores:
    """Score n checked workings; `forms` say which of them ask the same, as of `estimate_share`."""
    faults = Counter(check.fault.kind for check in checks if check.fault is not None)
    return WorkingScores(
        right=estimate_share([check.fault is None for check in checks], forms),
        lines=sum(check.share for check in checks) / len(checks),
        faults=dict(faults.most_common()),
    )
