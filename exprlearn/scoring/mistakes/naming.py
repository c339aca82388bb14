"""Why an answer is wrong: the first name that explains it, from the most telling to the least."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from types import MappingProxyType

from exprlearn.arithmetic import answer as answer_of
from exprlearn.arithmetic import parse
from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.errors import EvaluationError
from exprlearn.plugin import Division
from exprlearn.scoring.mistakes.digits import one_digit, other_sign, swapped
from exprlearn.scoring.mistakes.quotients import cut_off, remainder_wrong, rounded
from exprlearn.scoring.mistakes.readings import left_to_right, without_brackets
from exprlearn.scoring.mistakes.replaying import Number, calculated, replay, slipped

#: Every name, in the order in which they are tried, and what it says.
MISTAKES = MappingProxyType(
    {
        "sign": "the right digits with the wrong sign",
        "precedence": "the value from left to right, products not before sums",
        "brackets-ignored": "the value without the brackets",
        "carry-lost": "the value when carries of one sum or product are lost",
        "borrow-lost": "the value when borrows of one difference are lost",
        "carry-added": "the value with one carry or borrow that there is not",
        "division": "a quotient rounded the other way, a wrong or missing remainder, an unreduced fraction",
        "swapped-digits": "two digits exchanged, or the number back to front",
        "off-by-one": "one digit wrong, by one",
        "one-digit": "one digit wrong, by more than one",
        "wrong-length": "more or fewer characters than the truth",
        "other": "none of these",
    }
)

_EXACT_ONLY = ExactOnlyPolicy()


def name_mistake(expression: str, answer: str, truth: str, division: Division = _EXACT_ONLY) -> str:
    """Name what went wrong with an answer that is not the truth: of the names that fit the first in `MISTAKES`.

    Args:
        expression: the question.
        answer: what a model wrote.
        truth: what is right.
        division: how `/` computes and answers are written.

    Raises:
        ValueError: the answer is right.

    >>> name_mistake("88+77", "155", "165"), name_mistake("1+2*3", "9", "7"), name_mistake("2*(3+4)", "10", "14")
    ('carry-lost', 'precedence', 'brackets-ignored')
    """
    return next(names_that_fit(expression, answer, truth, division))


def names_that_fit(expression: str, answer: str, truth: str, division: Division = _EXACT_ONLY) -> Iterator[str]:
    """Yield every name that fits a wrong answer, in the order of `MISTAKES`; `other` when none does.

    Raises:
        ValueError: the answer is right.

    >>> list(names_that_fit("88+77", "155", "165"))
    ['carry-lost', 'off-by-one']
    """
    if answer == truth:
        raise ValueError(f"{expression} = {answer} is right, so there is no mistake to name")
    found = False
    for name in _fitting(expression, answer, truth, division):
        found = True
        yield name
    if not found:
        yield "other"


def _fitting(expression: str, answer: str, truth: str, division: Division) -> Iterator[str]:
    if other_sign(answer, truth):
        yield "sign"
    yield from _misread(expression, answer, division)
    yield from _miscalculated(expression, answer, truth, division)
    if swapped(answer, truth):
        yield "swapped-digits"
    off = one_digit(answer, truth)
    if off is not None:
        yield "off-by-one" if off == 1 else "one-digit"
    if len(answer) != len(truth):
        yield "wrong-length"


def _misread(expression: str, answer: str, division: Division) -> Iterator[str]:
    """Yield which wrong reading of an expression an answer is the value of."""
    if _value(left_to_right(expression), division) == answer:
        yield "precedence"
    if "(" in expression:
        flat = without_brackets(expression)
        if answer in (_value(flat, division), _value(left_to_right(flat), division)):
            yield "brackets-ignored"


def _miscalculated(expression: str, answer: str, truth: str, division: Division) -> Iterator[str]:
    """Yield which slip in a calculation makes an answer of an expression."""
    if not answer.strip("-"):
        return
    tree, operation = parse(expression), division.operation
    slips = {name for name, value in slipped(tree, operation) if _written(value, expression, division) == answer}
    yield from sorted(slips, key=list(MISTAKES).index)
    if "/" in tree.steps:
        written = {_written(value, expression, division) for value in rounded(tree, operation)}
        exact = replay(tree, lambda count, sign, left, right: calculated(sign, left, right))
        is_cut = exact is not None and cut_off(answer, Fraction(exact))
        if answer in written or is_cut or remainder_wrong(answer, truth):
            yield "division"


def _value(expression: str, division: Division) -> str | None:
    """Answer a misread expression; None where it has no answer."""
    try:
        return answer_of(expression, division)
    except EvaluationError:
        return None


def _written(value: Number, expression: str, division: Division) -> str | None:
    """Write a value as the answer of an expression; None where the policy has no way to."""
    try:
        return division.answer(Fraction(value), expression)
    except EvaluationError:
        return None
