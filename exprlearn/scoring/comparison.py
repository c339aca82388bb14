"""Runs set side by side on the same items: each side one run, or several that differ in their seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from exprlearn.dataset import canonical_forms
from exprlearn.errors import DataError, OptionError
from exprlearn.intervals import Interval, estimate_share
from exprlearn.scoring.paired import (
    Difference,
    Outcomes,
    bootstrap,
    form_differences,
    holm,
    mcnemar,
    outcomes,
    over_seeds,
)


@dataclass(frozen=True)
class RunAnswers:
    """What a run answered to its test: the exact answer and the run's own, by expression."""

    run: str
    truths: dict[str, str]
    answers: dict[str, str]

    @cached_property
    def forms(self) -> list[int]:
        """What each expression says: its canonical key."""
        return canonical_forms(self.truths)

    @property
    def exact_match(self) -> Interval:
        """Its exact match."""
        return estimate_share([self.is_right(expression) for expression in self.truths], self.forms)

    def is_right(self, expression: str) -> bool:
        """Tell whether an expression of the test is answered rightly."""
        return self.answers[expression] == self.truths[expression]


@dataclass(frozen=True)
class OnlyOne:
    """An item that one run of a pair gets right and the other does not."""

    expression: str
    truth: str
    first: str
    second: str
    right: str


@dataclass(frozen=True)
class Pair:
    """Two runs on the same items: their difference with its paired bootstrap interval, and McNemar's exact p."""

    first: RunAnswers
    second: RunAnswers
    outcomes: Outcomes
    difference: Difference
    p: float

    def only_one(self) -> Iterator[OnlyOne]:
        """Yield the items that one of them alone gets right."""
        for text, truth in self.first.truths.items():
            mine, yours = self.first.is_right(text), self.second.is_right(text)
            if mine != yours:
                right = self.first.run if mine else self.second.run
                yield OnlyOne(text, truth, self.first.answers[text], self.second.answers[text], right)

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        counts = self.outcomes
        return {
            "first": self.first.run,
            "second": self.second.run,
            "count": sum(counts),
            "difference": asdict(self.difference),
            "p": self.p,
            "only_first": counts.first_only,
            "only_second": counts.second_only,
            "both": counts.both,
            "neither": counts.neither,
        }


@dataclass(frozen=True)
class Comparison:
    """Two sides, their runs in pairs, one a seed.

    Attributes:
        difference: of one pair its bootstrap interval, of several the interval over seeds.
        p: of McNemar's test, adjusted for the number of comparisons; None with several seeds.
    """

    first: str
    second: str
    pairs: tuple[Pair, ...]
    difference: Difference
    p: float | None

    @property
    def verdict(self) -> str:
        """Say in a sentence what may be concluded."""
        where = "on these items" if len(self.pairs) == 1 else f"over {len(self.pairs)} seeds"
        if not (self.difference.is_clear if self.p is None else self.p < 0.05):
            return f"no difference is shown {where}"
        return f"{self.second if self.difference.value > 0 else self.first} is better {where}"

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {
            "first": self.first,
            "second": self.second,
            "difference": asdict(self.difference),
            "p": self.p,
            "verdict": self.verdict,
            "pairs": [pair.document() for pair in self.pairs],
        }


def gather_answers(run: str, rows: Sequence[tuple[str, str, str]]) -> RunAnswers:
    """Gather what a run answered: rows of expression, answer and truth; none, or one twice, is a `DataError`."""
    found = RunAnswers(run, {row[0]: row[2] for row in rows}, {row[0]: row[1] for row in rows})
    if not rows:
        raise DataError(f"{run} has no answers to compare: exprlearn evaluate {run}, or ask it anew with --ask")
    if len(found.truths) < len(rows):
        twice = len(rows) - len(found.truths)
        raise DataError(
            f"{run} was asked {twice} expressions more than once: a paired test needs each one once (--ask)"
        )
    return found


def compare(sides: Sequence[Sequence[RunAnswers]]) -> list[Comparison]:
    """Compare every side with every other one; of sides with several runs the first with the first, and so on.

    Fewer than two sides, or sides of different numbers of runs, are an `OptionError`; two runs that have answered
    different items are a `DataError`.
    """
    if len(sides) < 2:
        raise OptionError("one run cannot be compared: name two, such as exprlearn compare RUN RUN")
    sizes = [len(side) for side in sides]
    if len(set(sizes)) > 1:
        raise OptionError(f"sides of {', '.join(map(str, sizes))} runs: give each as many, joined by commas")
    named = [(",".join(run.run for run in side), side) for side in sides]
    found = [
        (one, other, [_pair(*runs) for runs in zip(first, second, strict=True)])
        for (one, first), (other, second) in combinations(named, 2)
    ]
    # Seeds vary more than items do, so that with several of them only their interval counts.
    adjusted = holm([pairs[0].p for _, _, pairs in found])
    return [
        Comparison(
            first=one,
            second=other,
            pairs=tuple(pairs),
            difference=pairs[0].difference if len(pairs) == 1 else over_seeds([p.outcomes.difference for p in pairs]),
            p=p if len(pairs) == 1 else None,
        )
        for (one, other, pairs), p in zip(found, adjusted, strict=True)
    ]


def _pair(first: RunAnswers, second: RunAnswers) -> Pair:
    _refuse_other_items(first, second)
    rights = [[run.is_right(expression) for expression in first.truths] for run in (first, second)]
    forms = form_differences(rights[0], rights[1], first.forms)
    return Pair(first, second, outcomes(*rights), bootstrap(forms), mcnemar(forms))


def _refuse_other_items(first: RunAnswers, second: RunAnswers) -> None:
    if first.truths.keys() != second.truths.keys():
        common = len(first.truths.keys() & second.truths.keys())
        raise DataError(
            f"{first.run} and {second.run} have answered different tests: {len(first.truths)} and "
            f"{len(second.truths)} expressions, {common} of them in common; ask both the same ones with --ask"
        )
    other = [text for text, truth in first.truths.items() if second.truths[text] != truth]
    if other:
        raise DataError(
            f"{first.run} and {second.run} hold different answers to be right, such as {first.truths[other[0]]} and "
            f"{second.truths[other[0]]} for {other[0]}: train both with the same division.policy"
        )
