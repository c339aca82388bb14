"""Why an answer is wrong: the first name that explains it, from the most telling to the least."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from types import MappingProxyType

from exprlearn.arithmetic import answer as answer_of
from exprlearn.arithmetic import parse, plain_signs
from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FloorPolicy, FractionPolicy
from exprlearn.arithmetic.evaluation import Operation, calculate, modulus_of
from exprlearn.errors import EvaluationError
from exprlearn.plugin import Division
from exprlearn.scoring.mistakes.slips import (
    is_cut_off,
    is_remainder_wrong,
    otherwise_rounded,
    slipped_values,
    value_by,
)
from exprlearn.working import WorkingFault, as_expression
from exprlearn.working.reduction import STROKE

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
        "swapped-digits": "two digits exchanged, or the number reversed",
        "off-by-one": "one digit wrong, by one",
        "one-digit": "one digit wrong, by more than one",
        "wrong-length": "more or fewer characters than the truth",
        "other": "none of these",
        "not-for-this-operator": "wrong in another way, with an operator whose slips are not known",
    }
)

EXACT_ONLY = ExactOnlyPolicy()

_TOKEN = re.compile(r"[0-9]+|[-+*/()]")


def name_mistake(expression: str, answer: str, truth: str, division: Division = EXACT_ONLY) -> str:
    """Name what went wrong with an answer that is not the truth: of the names that fit the first in `MISTAKES`.

    >>> name_mistake("88+77", "155", "165"), name_mistake("1+2*3", "9", "7"), name_mistake("2*(3+4)", "10", "14")
    ('carry-lost', 'precedence', 'brackets-ignored')
    """
    return next(names_that_fit(expression, answer, truth, division))


def names_that_fit(expression: str, answer: str, truth: str, division: Division = EXACT_ONLY) -> Iterator[str]:
    """Yield every name that fits a wrong answer, in the order of `MISTAKES`; `other` when none does.

    >>> list(names_that_fit("88+77", "155", "165"))
    ['carry-lost', 'off-by-one']
    """
    if answer == truth:
        raise ValueError(f"{expression} = {answer} is right, so there is no mistake to name")
    is_known = _is_known(expression)
    found = list(_names_that_fit(expression, answer, truth, division, is_known=is_known))
    yield from found or ["other" if is_known else "not-for-this-operator"]


def name_fault(fault: WorkingFault, operation: Operation = "exact") -> str:
    """Name the first wrong line of a working: a wrong calculation as the mistake it is, any other by its kind.

    >>> from exprlearn.working import check_working
    >>> from exprlearn.working.forms import EquationsWorking
    >>> text = "88+77=155;155*2=310"
    >>> name_fault(check_working("(88+77)*2", text, EquationsWorking(), EXACT_ONLY).fault)
    'carry-lost'
    """
    if fault.kind != "calculation":
        return fault.kind
    division = FloorPolicy() if operation == "floor" else FractionPolicy()
    found, expected = (text.replace(STROKE, "/") for text in (fault.found, fault.expected))
    return name_mistake(as_expression(fault.expression), found, expected, division)


def left_to_right(expression: str) -> str:
    """Write an expression so that its operations are done in reading order, brackets first as ever.

    >>> left_to_right("1+2*3"), left_to_right("2*(1+2*3)-4")
    ('((1+2)*3)', '((2*((1+2)*3))-4)')
    """
    # What is open: for each bracket the text read so far, and the signs before its next operand.
    open_levels: list[tuple[str, str]] = []
    read, signs = "", ""
    for token in _TOKEN.findall(plain_signs(expression)):
        if token == "(":
            open_levels.append((read, signs))
            read, signs = "", ""
        elif token in "+-*/":
            signs += token
        else:
            operand = token
            if token == ")":
                operand = read if read.startswith("(") else f"({read})"
                read, signs = open_levels.pop()
            # The first sign behind what was read is the operation, all others belong to the operand.
            read = f"({read}{signs}{operand})" if read or signs else operand
            signs = ""
    return read


def has_swapped_digits(answer: str, truth: str) -> bool:
    """Tell whether two digits are exchanged, or the whole number is reversed.

    >>> wrong = [("165", "156"), ("321", "123"), ("-21", "-12"), ("122", "211")]
    >>> [has_swapped_digits(answer, truth) for answer, truth in wrong]
    [True, True, True, False]
    """
    pairs = _differing_digits(answer, truth)
    if not pairs or (answer[:1] == "-") != (truth[:1] == "-"):
        return False
    return (len(pairs) == 2 and pairs[0] == pairs[1][::-1]) or answer.lstrip("-")[::-1] == truth.lstrip("-")


def one_digit_off(answer: str, truth: str) -> int | None:
    """Return by how much the only digit that differs is off; None when none or several differ.

    >>> one_digit_off("165", "155"), one_digit_off("195", "155"), one_digit_off("165", "156")
    (1, 4, None)
    """
    pairs = _differing_digits(answer, truth)
    return abs(int(pairs[0][0]) - int(pairs[0][1])) if len(pairs) == 1 else None


def _differing_digits(answer: str, truth: str) -> list[tuple[str, str]]:
    """Pair the digits by which two texts of one length differ; none when anything else differs."""
    if len(answer) != len(truth):
        return []
    pairs = [pair for pair in zip(answer, truth, strict=True) if pair[0] != pair[1]]
    digits = "".join(map("".join, pairs))
    return pairs if digits.isascii() and digits.isdecimal() else []


def _is_known(expression: str) -> bool:
    """Tell whether an expression is written with + - * / and brackets alone, whose slips are known."""
    try:
        return not parse(expression).foreign_signs
    except EvaluationError:
        return False


def _names_that_fit(expression: str, answer: str, truth: str, division: Division, *, is_known: bool) -> Iterator[str]:
    if truth and answer.lstrip("-") == truth.lstrip("-"):
        yield "sign"
    if is_known:
        yield from _misreadings(expression, answer, division)
        yield from _miscalculations(expression, answer, truth, division)
    if has_swapped_digits(answer, truth):
        yield "swapped-digits"
    off = one_digit_off(answer, truth)
    if off is not None:
        yield "off-by-one" if off == 1 else "one-digit"
    if len(answer) != len(truth):
        yield "wrong-length"


def _misreadings(expression: str, answer: str, division: Division) -> Iterator[str]:
    """Yield which wrong reading of an expression an answer is the value of."""
    if _answer(left_to_right(expression), division) == answer:
        yield "precedence"
    if "(" in expression:
        flat = plain_signs(expression).replace("(", "").replace(")", "")
        if answer in (_answer(flat, division), _answer(left_to_right(flat), division)):
            yield "brackets-ignored"


def _miscalculations(expression: str, answer: str, truth: str, division: Division) -> Iterator[str]:
    """Yield which slip in a calculation makes an answer of an expression."""
    if not answer.strip("-"):
        return
    tree = parse(expression)
    slips = slipped_values(tree, division.operation)
    names = {name for name, value in slips if _write(value, expression, division) == answer}
    yield from sorted(names, key=list(MISTAKES).index)
    if "/" in tree.steps and modulus_of(division.operation) is None:
        rounded = {_write(value, expression, division) for value in otherwise_rounded(tree)}
        exact = value_by(tree, calculate)
        is_cut = exact is not None and is_cut_off(answer, exact)
        if answer in rounded or is_cut or is_remainder_wrong(answer, truth):
            yield "division"


def _answer(expression: str, division: Division) -> str | None:
    """Answer a misread expression; None where it has no answer."""
    try:
        return answer_of(expression, division)
    except EvaluationError:
        return None


def _write(value: Fraction, expression: str, division: Division) -> str | None:
    """Write a value as the answer of an expression; None where the policy has no way to."""
    try:
        return division.answer(value, expression)
    except EvaluationError:
        return None
