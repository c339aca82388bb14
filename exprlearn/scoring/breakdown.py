"""Where a model is right: exact match by what an expression holds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


def answer_length(expression: str, truth: str) -> str:
    """Count the characters of the true answer.

    >>> answer_length("3-45", "-42")
    '3'
    """
    return str(len(truth))


AXES: dict[str, Callable[[str, str], str]] = {
    "operators": operators,
    "terms": terms,
    "brackets": brackets,
    "digits": digits,
    "answer-length": answer_length,
}


def breakdown(expressions: Sequence[str], answers: Sequence[str], truths: Sequence[str]) -> dict[str, list[Group]]:
    """Split a test along every axis: axis → its groups, smallest first.

    >>> [(g.group, g.interval.count) for g in breakdown(["1+2", "1+2+3"], ["3", ""], ["3", "6"])["terms"]]
    [('2', 1), ('3', 1)]
    """
    return {axis: _groups(name, expressions, answers, truths) for axis, name in AXES.items()}


def _groups(
    name: Callable[[str, str], str], expressions: Sequence[str], answers: Sequence[str], truths: Sequence[str]
) -> list[Group]:
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
