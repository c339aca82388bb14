"""Whether the answer of a row is right: computed exactly under a division policy, compared by value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from exprlearn.arithmetic import Tree, value_of
from exprlearn.arithmetic.divisions import write_answer
from exprlearn.arithmetic.operators import Truth
from exprlearn.dataset.audit.questions import find_expression, turn_digits
from exprlearn.dataset.final_answer import final_answer, marked_answer, numbers_of, read_answer, same_answer
from exprlearn.errors import EvaluationError, ExpressionSyntaxError, ExpressionTooLarge
from exprlearn.plugin import Division

_ANNOTATION = re.compile(r"<<([^<>]*=[^<>]*)>>")
_TURNED_SIGN = re.compile(r"\s*([0-9]+)-\s*")


class Verdict(Enum):
    """What can be said of an answer.

    Unchecked are those that are missing, hold no number, are rounded, name several numbers without saying which counts,
    or are too large.
    """

    RIGHT = "right"
    WRONG = "wrong"
    UNCHECKED = "unchecked"


class CheckedCalculation(NamedTuple):
    """A calculation that an answer notes as `<<4*6=24>>`, and what is to be said of it."""

    left: str
    right: str
    verdict: Verdict
    truth: str | None


def check_answer(tree: Tree, given: str | None, division: Division) -> tuple[Verdict, str | None]:
    """Compare an answer with the truth.

    Where the policy has no answer, as for `1/0`, only a row that states no number either is right.

    Returns:
        The verdict and the true answer, None where there is none.

    >>> from exprlearn.arithmetic import parse
    >>> from exprlearn.arithmetic.divisions import FloorPolicy, FractionPolicy
    >>> check_answer(parse("7/2"), "3", FloorPolicy()), check_answer(parse("7/2"), "It is 3.", FractionPolicy())
    ((<Verdict.RIGHT: 'right'>, '3'), (<Verdict.WRONG: 'wrong'>, '7/2'))
    """
    try:
        value = value_of(tree, operation=division.operation)
        truth = write_answer(value, division, tree.expression)
    except (ExpressionTooLarge, ExpressionSyntaxError):
        return Verdict.UNCHECKED, None
    except EvaluationError:
        return Verdict.WRONG if given is not None and final_answer(given) else Verdict.RIGHT, None
    if isinstance(value, Truth) and given is not None:
        said = given.strip().casefold()
        return Verdict.RIGHT if said == truth else Verdict.WRONG, truth
    return compare_answer(given, truth, lambda: tree), truth


def compare_answer(given: str | None, truth: str, read: Callable[[], Tree]) -> Verdict:
    """Compare an answer with the truth; `read` gives the expression, which is seldom asked for."""
    if given is None:
        return Verdict.UNCHECKED
    if same_answer(given, truth, unreduced=True):
        return Verdict.RIGHT
    stated = final_answer(given)
    if not stated:
        return Verdict.UNCHECKED
    if same_answer(stated, truth, unreduced=True):
        return Verdict.RIGHT
    doubtful = _is_rounded(stated, truth) or _is_ambiguous(read(), given, truth)
    return Verdict.UNCHECKED if doubtful else Verdict.WRONG


def check_calculations(answer: str, division: Division, *, source: bool, target: bool) -> Iterator[CheckedCalculation]:
    """Verify each calculation that an answer notes, by itself.

    Args:
        answer: the text.
        division: how answers are computed.
        source: whether numbers left of `=` are reversed.
        target: whether those right of it are.

    >>> from exprlearn.arithmetic.divisions import FractionPolicy
    >>> found = check_calculations("So <<4*6=28>>28.", FractionPolicy(), source=False, target=False)
    >>> [(calculation.left, calculation.verdict.name, calculation.truth) for calculation in found]
    [('4*6', 'WRONG', '24')]
    """
    for annotation in _ANNOTATION.finditer(answer):
        left, _, right = (side.strip() for side in annotation[1].partition("="))
        tree = find_expression(left, decimals=division.operation == "exact", turned=source)
        stated = turn_answer(right) if target else right
        if tree is None or read_answer(stated) is None:
            yield CheckedCalculation(left, right, Verdict.UNCHECKED, None)
        else:
            yield CheckedCalculation(tree.expression, right, *check_answer(tree, stated, division))


def turn_answer(text: str) -> str:
    """Reverse every number of an answer; a sign may stand behind it.

    >>> turn_answer("The answer is 25."), turn_answer("25-")
    ('The answer is 52.', '-52')
    """
    return turn_digits(_TURNED_SIGN.sub(r"-\1", text) if _TURNED_SIGN.fullmatch(text) else text)


def _is_rounded(stated: str, truth: str) -> bool:
    """Tell whether a decimal is a fraction, rounded or cut to the places it has."""
    if "/" not in truth or "." not in stated or "e" in stated.lower():
        return False
    given, true = read_answer(stated), read_answer(truth)
    places = len(stated.rpartition(".")[2])
    return given is not None and true is not None and abs(given.value - true.value) < Fraction(1, 10**places)


def _is_ambiguous(tree: Tree, given: str, truth: str) -> bool:
    """Tell whether an answer is itself an expression, or names the truth without saying which number counts."""
    if "=" in given or read_answer(given) is not None or marked_answer(given) is not None:
        return False
    if find_expression(given) is not None:
        return True
    return truth not in map(str, tree.numbers) and any(
        same_answer(one, truth, unreduced=True) for one in numbers_of(given)
    )
