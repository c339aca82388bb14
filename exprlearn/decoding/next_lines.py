"""From a line to the one that is written over it.

    8+3*(9+9)   the line
    8+3*81...   every calculation whose operands are numbers is replaced by its value, units first and flush left
    8+45.....   what is left over of its span, brackets included, are blanks

A training makes some hundred thousand of them, so that one expression finds what is to be done in almost every line.
Lines with anything uncommon, such as signs in a row or a number in brackets, are read by `ready_steps`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from exprlearn.arithmetic.evaluation import Operation
from exprlearn.arithmetic.numerals import read_digits
from exprlearn.errors import DivisionByZero
from exprlearn.working import Rule, line_value, ready_steps, reverse_numbers, write_value
from exprlearn.working.reduction import calculate_value

BLANK, STROKE = ".", "|"
NUMBER = re.compile(r"-?[0-9]+(\|[0-9]+)?")

# Possessive: a number is never taken for its first digits alone.
_UNSIGNED = r"[0-9]++(?:\|[0-9]++)?+"
_OPERANDS = re.compile(rf"(-?{_UNSIGNED})([-+*/])(-?{_UNSIGNED})")
#: A product or quotient is ready where no other stands in front of it; its first number may have a sign.
_PRODUCT = rf"(?:(?:^|(?<=[-+(]))-|^|(?<=[+(])|(?<=[0-9)]-)){_UNSIGNED}[*/]-?{_UNSIGNED}"
#: A sum or difference is, where nothing stands in front of it, and what follows does not bind its second number.
_SUM = rf"(?:^|(?<=\())-?{_UNSIGNED}[-+]-?{_UNSIGNED}(?![*/])"
_READY = re.compile(f"{_PRODUCT}|{_SUM}")
#: Other characters, signs in a row that are not a minus and a sign, and numbers alone in brackets.
_UNCOMMON = re.compile(r"[^-+*/()|0-9]|(?:^|[-+*/(])(?:\+|--|-\()|\(-?[0-9|]+\)")

# Short lines come again and again.
_REMEMBERED = 2**16


class NextLine(NamedTuple):
    """What a line turns into.

    Attributes:
        read: the line itself, numbers units first.
        written: what is written in its places, `.` for blanks; longer than the line, where values do not fit into them.
        line: the line that follows, None where that is a number.
    """

    read: str
    written: str
    line: str | None


class _Replacement(NamedTuple):
    start: int
    stop: int
    value: str


@lru_cache(maxsize=_REMEMBERED)
def next_line(line: str, operation: Operation = "exact", rule: Rule = "all") -> NextLine:
    """Do what can be done in a line: all calculations that are ready, or the first of them.

    Raises:
        EvaluationError: as `ready_steps`, for a text that is no line or divides by zero.

    >>> next_line("8+3*(9+9)"), next_line("8+54")
    (NextLine(read='8+3*(9+9)', written='8+3*81...', line='8+3*18'), NextLine(read='8+45', written='26..', line=None))
    >>> [next_line(line).written for line in ("1+2-(4*5)", "(20)", "1/3-2")]
    ['3..-02...', '02..', '1|3-2']
    >>> next_line("1+2-(4*5)", rule="first").written
    '3..-(4*5)'

    A value that is longer than what it replaces moves what is behind it, up to the next blanks:

    >>> next_line("1|66-8").written, next_line("1|66-8-(1+2)").written
    ('-725|66', '-725|66-3...')
    """
    read = reverse_numbers(line)
    written, following, at = "", "", 0
    for start, stop, value in _replacements(line, operation, rule):
        written = (written + read[at:start] + reverse_numbers(value)).ljust(stop, BLANK)
        following += line[at:start] + value
        at = stop
    following += line[at:]
    return NextLine(read, written + read[at:], None if NUMBER.fullmatch(following) else following)


def lines_of(expression: str, operation: Operation = "exact", rule: Rule = "all") -> Iterator[str]:
    """Yield the lines from an expression on that something is left to do in; a number is its own line.

    >>> list(lines_of("8+3*(9+9)")), list(lines_of("7"))
    (['8+3*(9+9)', '8+3*18', '8+54'], ['7'])
    """
    line: str | None = expression
    while line is not None:
        yield line
        line = next_line(line, operation, rule).line


def _replacements(line: str, operation: Operation, rule: Rule) -> list[_Replacement]:
    """List what is replaced in a line, from left to right."""
    if _UNCOMMON.search(line):
        found = _read_replacements(line, operation)
    else:
        found = [_with_brackets(line, each, operation) for each in _READY.finditer(line)]
        found = found or _read_replacements(line, operation)
    return found[:1] if rule == "first" else found


def _with_brackets(line: str, found: re.Match[str], operation: Operation) -> _Replacement:
    """Widen what a calculation replaces by the brackets that close around it alone."""
    start, stop = found.span()
    while start and line[start - 1] == "(" and line[stop : stop + 1] == ")":
        start, stop = start - 1, stop + 1
    return _Replacement(start, stop, _value(found[0], operation))


def _read_replacements(line: str, operation: Operation) -> list[_Replacement]:
    ready = [_Replacement(step.start, step.stop, write_value(step.value)) for step in ready_steps(line, operation)]
    return ready or [_Replacement(0, len(line), write_value(line_value(line, operation)))]


@lru_cache(maxsize=_REMEMBERED)
def _value(calculation: str, operation: Operation) -> str:
    """Compute a calculation of two numbers, and write its value.

    >>> _value("1|3*-6", "exact")
    '-2'
    """
    left, operator, right = _OPERANDS.fullmatch(calculation).groups()  # type: ignore[union-attr]
    divisor = _fraction(right)
    if operator == "/" and not divisor:
        raise DivisionByZero(f"'{calculation}' divides by zero", expression=calculation)
    return write_value(calculate_value(operator, _fraction(left), divisor, operation))


def _fraction(number: str) -> Fraction:
    sign, digits = (-1, number[1:]) if number[0] == "-" else (1, number)
    above, stroke, below = digits.partition(STROKE)
    return Fraction(sign * read_digits(above), read_digits(below) if stroke else 1)
