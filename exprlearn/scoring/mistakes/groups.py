"""The mistakes of a test: how many of each name, with examples and how sure the model was where it went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exprlearn.dataset import canonical_forms
from exprlearn.intervals import Interval, estimate_share
from exprlearn.plugin import Division
from exprlearn.scoring.mistakes.naming import EXACT_ONLY, MISTAKES, name_mistake
from exprlearn.scoring.wrong_steps import WrongStep

#: Examples of each name that are kept to be shown.
EXAMPLES = 5


@dataclass(frozen=True)
class WrongAnswer:
    """An answer that is not the truth.

    Attributes:
        probability: of the answer; None where it is not known.
        step: where it went wrong and what else the decoder held possible; None where that is not known.
    """

    expression: str
    answer: str
    truth: str
    probability: float | None = None
    step: WrongStep | None = None

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        fields = dict(vars(self))
        step: WrongStep | None = fields.pop("step")
        return {**fields, "wrong_step": step and step.document()}


@dataclass(frozen=True)
class MistakeGroup:
    """The mistakes of one name in `MISTAKES`, and their share of all wrong answers, with its interval.

    The probabilities are means of the token that was written at the wrong step and the right one; None if not known.
    """

    name: str
    summary: str
    count: int
    share: Interval
    chosen_probability: float | None
    right_probability: float | None
    examples: Sequence[WrongAnswer]

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        share = {"value": self.share.value, "low": self.share.low, "high": self.share.high}
        return {**vars(self), "share": share, "examples": [example.document() for example in self.examples]}


def mistake_groups(
    wrong: Sequence[WrongAnswer], division: Division = EXACT_ONLY, *, names: Sequence[str] | None = None
) -> list[MistakeGroup]:
    """Name every wrong answer, unless `names` has them, and put those of one name together, the most frequent first.

    >>> items = [WrongAnswer("88+77", "155", "165"), WrongAnswer("1+2*3", "9", "7"), WrongAnswer("19+1", "10", "20")]
    >>> [(group.name, group.count) for group in mistake_groups(items)]
    [('carry-lost', 2), ('precedence', 1)]
    """
    if names is None:
        names = [name_mistake(item.expression, item.answer, item.truth, division) for item in wrong]
    members: dict[str, list[WrongAnswer]] = {name: [] for name in MISTAKES}
    for name, item in zip(names, wrong, strict=True):
        members[name].append(item)
    forms = canonical_forms(item.expression for item in wrong)
    shares = {name: estimate_share([each == name for each in names], forms) for name in set(names)}
    groups = [_group(name, found, shares[name]) for name, found in members.items() if found]
    return sorted(groups, key=lambda group: -group.count)


def _group(name: str, found: Sequence[WrongAnswer], share: Interval) -> MistakeGroup:
    steps = [item.step for item in found if item.step is not None]
    return MistakeGroup(
        name=name,
        summary=MISTAKES[name],
        share=share,
        count=len(found),
        chosen_probability=_mean([step.chosen_probability for step in steps]),
        right_probability=_mean([step.right_probability for step in steps]),
        examples=found[:EXAMPLES],
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
