"""Where a model is right: exact match by what an expression holds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from exprlearn.scoring.carrying import carries_and_borrows
from exprlearn.scoring.intervals import Interval, wilson
from exprlearn.scoring.metrics import count_right, digit_accuracy

# A sign follows nothing, a bracket or another operator; an operator follows a number or a closing bracket.
OPERATOR = re.compile(r"(?<=[0-9)])[-+*/]")
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
ASCII = str.maketrans({"−": "-", "×": "*", "÷": "/", " ": None})
ORDER = "+-*/"


@dataclass(frozen=True)
class Group:
    """The items of a test that have one thing in common.

    Attributes:
        group: what they have in common, such as `2` terms or `+ *`.
        interval: their exact match.
        digit_accuracy: their share of right characters.
    """

    group: str
    interval: Interval
    digit_accuracy: float


def operators(expression: str, truth: str = "") -> str:
    """Name the operators used, in the order + - * /; signs are none.

    >>> operators("(3×-4)−5*6"), operators("-7")
    ('- *', 'none')
    """
    used = set(OPERATOR.findall(expression.translate(ASCII)))
    return " ".join(sorted(used, key=ORDER.index)) or "none"


def terms(expression: str, truth: str = "") -> str:
    """Count the numbers of an expression.

    >>> terms("(12+3)*45")
    '3'
    """
    return str(len(NUMBER.findall(expression)))


def brackets(expression: str, truth: str = "") -> str:
    """Count the pairs of brackets of an expression.

    >>> brackets("((1+2)*3)")
    '2'
    """
    return str(expression.count("("))


def digits(expression: str, truth: str = "") -> str:
    """Count the digits of the longest number.

    >>> digits("7+123-45")
    '3'
    """
    return str(max((len(text.replace(".", "")) for text in NUMBER.findall(expression)), default=0))


def depth(expression: str, truth: str = "") -> str:
    """Count how deep the brackets of an expression nest.

    >>> depth("((1+2)*3)+(4)"), depth("1+2")
    ('2', '0')
    """
    deepest = level = 0
    for sign in expression:
        level += (sign == "(") - (sign == ")")
        deepest = max(deepest, level)
    return str(deepest)


def carries(expression: str, truth: str = "") -> str:
    """Count the carries of the sums of an expression, done on paper; `none` where it has no value.

    >>> carries("88+77"), carries("100-1")
    ('2', '0')
    """
    found = carries_and_borrows(expression)
    return "none" if found is None else str(found[0])


def borrows(expression: str, truth: str = "") -> str:
    """Count the borrows of the differences of an expression, done on paper; `none` where it has no value.

    >>> borrows("88+77"), borrows("100-1")
    ('0', '2')
    """
    found = carries_and_borrows(expression)
    return "none" if found is None else str(found[1])


def answer_length(expression: str, truth: str) -> str:
    """Count the characters of the true answer.

    >>> answer_length("3-45", "-42")
    '3'
    """
    return str(len(truth))


Axis = Callable[[str, str], str]
"""From an expression and its exact answer to the group it belongs to."""

AXES: dict[str, Axis] = {
    "operators": operators,
    "terms": terms,
    "brackets": brackets,
    "depth": depth,
    "digits": digits,
    "carries": carries,
    "borrows": borrows,
    "answer-length": answer_length,
}


def breakdown(
    expressions: Sequence[str],
    answers: Sequence[str],
    truths: Sequence[str],
    further: Mapping[str, Axis] | None = None,
) -> dict[str, list[Group]]:
    """Split a test along every axis, and along further ones: axis → its groups, smallest first.

    >>> [(g.group, g.interval.count) for g in breakdown(["1+2", "1+2+3"], ["3", ""], ["3", "6"])["terms"]]
    [('2', 1), ('3', 1)]
    """
    axes = {**AXES, **(further or {})}
    return {axis: _groups(name, expressions, answers, truths) for axis, name in axes.items()}


def _groups(name: Axis, expressions: Sequence[str], answers: Sequence[str], truths: Sequence[str]) -> list[Group]:
    members: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for expression, answer, truth in zip(expressions, answers, truths, strict=True):
        members[name(expression, truth)].append((answer, truth))
    return [_group(label, members[label]) for label in sorted(members, key=_place)]


def _group(label: str, pairs: list[tuple[str, str]]) -> Group:
    answers, truths = [answer for answer, _ in pairs], [truth for _, truth in pairs]
    return Group(label, wilson(count_right(answers, truths), len(pairs)), digit_accuracy(answers, truths))


def _place(label: str) -> tuple[int, tuple[int, ...]]:
    """Order counts by size and operator sets by how many they are, then by + - * /."""
    if label.isdecimal():
        return int(label), ()
    used = [ORDER.index(operator) for operator in label.split() if operator in ORDER]
    return len(used), tuple(used)
