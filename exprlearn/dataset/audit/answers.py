"""Whether the answer of a row is right: computed exactly under a division policy, compared by value."""

from __future__ import annotations

from enum import Enum

from exprlearn.arithmetic import Tree, value_of
from exprlearn.dataset.answer_values import same_answer
from exprlearn.dataset.final_answer import final_answer
from exprlearn.errors import EvaluationError, ExpressionTooLarge
from exprlearn.plugin import Division


class Verdict(Enum):
    """What can be said of an answer; one that is missing, holds no number or is too large stays unchecked."""

    RIGHT = "right"
    WRONG = "wrong"
    UNCHECKED = "unchecked"


def judge(tree: Tree, given: str | None, division: Division) -> tuple[Verdict, str | None]:
    """Compare an answer with the truth.

    Where the policy has no answer, as for `1/0`, only a row that states no number either is right.

    Returns:
        The verdict and the true answer, None where there is none.

    >>> from exprlearn.arithmetic import parse
    >>> from exprlearn.arithmetic.divisions import FloorPolicy, FractionPolicy
    >>> judge(parse("7/2"), "3", FloorPolicy()), judge(parse("7/2"), "It is 3.", FractionPolicy())
    ((<Verdict.RIGHT: 'right'>, '3'), (<Verdict.WRONG: 'wrong'>, '7/2'))
    """
    try:
        truth = division.answer(value_of(tree, operation=division.operation), tree.expression)
    except ExpressionTooLarge:
        return Verdict.UNCHECKED, None
    except EvaluationError:
        return Verdict.WRONG if given is not None and final_answer(given) else Verdict.RIGHT, None
    if given is None:
        return Verdict.UNCHECKED, truth
    if same_answer(given, truth, unreduced=True):
        return Verdict.RIGHT, truth
    stated = final_answer(given)
    if not stated:
        return Verdict.UNCHECKED, truth
    return Verdict.RIGHT if same_answer(stated, truth, unreduced=True) else Verdict.WRONG, truth
