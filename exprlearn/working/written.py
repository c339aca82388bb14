"""The working of one expression, from its text to the text that is written before its answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exprlearn.arithmetic import DEFAULT_LIMITS, Limits, answer
from exprlearn.errors import DataError
from exprlearn.plugin import Division, Working, WorkingBounds
from exprlearn.plugin.kinds.working import Drop
from exprlearn.working.dropping import drop_parts
from exprlearn.working.reduction import WorkingStep, steps

_NUMBERS = re.compile(r"-?[0-9]+(?:\|[0-9]+)?")


def write_working(
    expression: str,
    working: Working,
    division: Division,
    *,
    truth: str | None = None,
    drop: Drop = 0,
    limits: Limits = DEFAULT_LIMITS,
) -> str:
    """Write the working of an expression, the answer at its end.

    Args:
        expression: any that the division policy answers.
        working: how it is written.
        division: how `/` computes and how the answer is written.
        truth: the answer, where it is known already.
        drop: how many parts are left out from its beginning.
        limits: how large texts and values may be.

    Raises:
        EvaluationError: the expression has no answer.
        DataError: the answer cannot be found again in the text, since the policy writes what the working separates by.

    >>> from exprlearn.arithmetic.divisions import FractionPolicy
    >>> from exprlearn.working.forms import EquationsWorking
    >>> write_working("2/3-1", EquationsWorking(), FractionPolicy())
    '2/3=2|3;2|3-1=-1/3'
    """
    truth = answer(expression, division, limits=limits) if truth is None else truth
    if drop == "all":
        return truth
    text = working.write(steps(expression, division.operation, limits=limits), truth)
    text = drop_parts(text, truth, working, drop) if drop else text
    if working.answer(text) != truth:
        raise DataError(
            f"the working of '{expression}' is '{text}', in which its answer '{truth}' is not found again; "
            "choose another --working or another --division"
        )
    return text


def bounds_of(expression: str, worked: Sequence[WorkingStep], truth: str) -> WorkingBounds:
    """Measure one expression, its steps and its answer.

    >>> bounds_of("8+3*(9+9)", steps("8+3*(9+9)"), "62")
    WorkingBounds(steps=3, line=9, number=2, answer=2)
    """
    lines = [expression, *(step.rest for step in worked)]
    numbers = [number for line in lines for number in _NUMBERS.findall(line)]
    return WorkingBounds(steps=len(worked), line=max(map(len, lines)), number=max(map(len, numbers)), answer=len(truth))


def join_bounds(bounds: Sequence[WorkingBounds]) -> WorkingBounds:
    """Take the largest of each measure; `bounds` are not empty."""
    return WorkingBounds(
        **{name: max(getattr(each, name) for each in bounds) for name in ("steps", "line", "number", "answer")}
    )
