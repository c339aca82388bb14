"""What holds for every working: its answer comes back, all it says is exact, and no text is longer than it tells."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from exprlearn.arithmetic import UNLIMITED, answer
from exprlearn.arithmetic.divisions import (
    DecimalPolicy,
    ExactOnlyPolicy,
    FloorPolicy,
    FloorRemainderPolicy,
    FractionPolicy,
)
from exprlearn.errors import EvaluationError
from exprlearn.plugin import Division
from exprlearn.testing.check import Subject, demand
from exprlearn.testing.contract import Contract
from exprlearn.testing.samples import shipped_spaces
from exprlearn.working import WorkingStep, line_value, steps
from exprlearn.working.written import bounds_of

DIVISIONS = (ExactOnlyPolicy(), FractionPolicy(), FloorPolicy(), FloorRemainderPolicy(), DecimalPolicy())
#: Signs and brackets in front of values, fractions on the way, longer products and quotients, and nothing to do.
TEXTS = (
    "7",
    "-(2-7)",
    "-(2+7)",
    "(-(2+7))",
    "8--(1-9)*3",
    "1/3+1/7",
    "-(1/3+1/3)",
    "2/(1/3)",
    "17/5",
    "-342*361",
    "500*37-999*1001",
    "75600/18",
    "-11980/1199",
    "11980/-1199*20",
    "8+3*(9+9)",
)


class Worked(NamedTuple):
    """An expression with its steps and its answer."""

    expression: str
    division: Division
    steps: tuple[WorkingStep, ...]
    truth: str


class WorkingContract(Contract, kind="working"):
    """What every working promises."""


@WorkingContract.check()
def the_answer_comes_back_from_the_end_of_the_text(subject: Subject) -> None:
    """Write workings under every division policy and look for their answers."""
    for each, text in _texts(subject):
        found = subject.make().answer(text)
        told = f"the answer '{each.truth}' of '{each.expression}' is written as {text!r} and read as {found!r}"
        demand(found == each.truth and text.endswith(each.truth), told)


@WorkingContract.check()
def no_text_makes_it_raise(subject: Subject) -> None:
    """Read texts that break off anywhere, and what is no working at all."""
    working = subject.make()
    broken = {text[:length] for _, text in _texts(subject) for length in range(0, len(text), 3)}
    for text in [*sorted(broken), "", ";;==", "1|0=3", "�", "((", ":,:,", "٣+٤=٧", "-"]:
        found = working.answer(text), [(line.expression, line.stated) for line in working.lines(text)]
        demand(isinstance(found[0], str), f"the answer of {text!r} must be a text, received {found[0]!r}")


@WorkingContract.check(needs=the_answer_comes_back_from_the_end_of_the_text)
def all_that_it_says_is_exact(subject: Subject) -> None:
    """Compute each expression that a text shows, and compare it with what the text gives for it."""
    for each, text in _texts(subject):
        *lines, last = subject.make().lines(text)
        demand(last.stated == each.truth, f"the last line of {text!r} states {last.stated!r}, not '{each.truth}'")
        for expression, stated in ((line.expression, line.stated) for line in lines if line.expression):
            values = [line_value(side, each.division.operation, limits=UNLIMITED) for side in (expression, stated)]
            demand(values[0] == values[1], f"{text!r} says that '{expression}' is '{stated}', and it is {values[0]}")


@WorkingContract.check(needs=the_answer_comes_back_from_the_end_of_the_text)
def its_characters_cover_every_text(subject: Subject) -> None:
    """Collect what is written besides the answer."""
    for each, text in _texts(subject):
        strange = sorted(set(text.removesuffix(each.truth)) - set(subject.make().characters))
        demand(not strange, f"the working {text!r} holds {strange}, and characters do not")


@WorkingContract.check()
def no_text_is_longer_than_it_tells(subject: Subject) -> None:
    """Compare each text with the bound for its own expression."""
    for each, text in _texts(subject):
        longest = subject.make().longest(bounds_of(each.expression, each.steps, each.truth))
        demand(len(text) <= longest, f"{text!r} is longer than {longest} characters")


@WorkingContract.check()
def the_same_steps_give_the_same_text_where_it_says_so(subject: Subject) -> None:
    """Write each working again, by a component that was made anew."""
    if subject.make().is_deterministic:
        for (each, text), (_, again) in zip(_texts(subject), _texts(subject), strict=True):
            demand(text == again, f"'{each.expression}' is written as {text!r} and then as {again!r}")


def _texts(subject: Subject) -> Iterator[tuple[Worked, str]]:
    working = subject.make()
    return ((each, working.write(each.steps, each.truth)) for each in _worked())


@lru_cache(maxsize=1)
def _worked() -> list[Worked]:
    """Work out some expressions under every division policy, where they have an answer."""
    shipped = [text for each in shipped_spaces() for text in each.expressions[::5]]
    return [each for text in (*TEXTS, *shipped) for division in DIVISIONS for each in _work(text, division)]


def _work(text: str, division: Division) -> list[Worked]:
    try:
        truth = answer(text, division, limits=UNLIMITED)
    except EvaluationError:
        return []
    return [Worked(text, division, steps(text, division.operation, limits=UNLIMITED), truth)]
