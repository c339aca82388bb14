"""Where a model is right: exact match by what an expression holds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from exprlearn.arithmetic import UNLIMITED, calculations, parse
from exprlearn.arithmetic.carries import count_carries
from exprlearn.dataset import canonical_forms
from exprlearn.errors import EvaluationError, ExpressionSyntaxError, UnknownOperator
from exprlearn.intervals import Interval
from exprlearn.scoring.metrics import digit_accuracy, estimate_exact_match

# A sign follows nothing, a bracket or another operator; an operator follows a number or a closing bracket.
# Behind one of + - * / a number may have signs, but no * or /: these belong to the operator, as in 7//2.
OPERATOR = re.compile(r"(?<=[0-9)])[-+*/](?:[*/]+)?|[^-+*/0-9().,\s]+")
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
ASCII = str.maketrans({"−": "-", "×": "*", "÷": "/", " ": None})
ORDER = "+-*/"
NOT_FOR_THIS = "not for this operator"


@dataclass(frozen=True)
class Group:
    """The items of a test that have one thing in common, such as `2` terms or `+ *`, and how right they are."""

    group: str
    interval: Interval
    digit_accuracy: float


def operators(expression: str, truth: str = "") -> str:
    """Name the operators used, in the order + - * /, then those of plugins; signs are none.

    >>> operators("(3×-4)−5*6"), operators("-7")
    ('- *', 'none')
    >>> operators("max(2^3,7//2)+1")
    '+ // ^ max'
    """
    used = set(OPERATOR.findall(expression.translate(ASCII)))
    return " ".join(sorted(used, key=_place)) or "none"


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


def count_on_paper(kind: Literal["carries", "borrows"], expression: str, truth: str = "") -> str:
    """Count the carries of the sums of an expression, or the borrows of its differences; `none` without a value.

    Of operators of plugins nothing is counted, which the group says.

    >>> [count_on_paper(kind, expression) for kind in ("carries", "borrows") for expression in ("88+77", "100-1")]
    ['2', '0', '0', '2']
    """
    try:
        return str(getattr(count_carries(calculations(parse(expression, limits=UNLIMITED), limits=UNLIMITED)), kind))
    except (ExpressionSyntaxError, UnknownOperator):
        return NOT_FOR_THIS
    except EvaluationError:
        return "none"


def answer_length(expression: str, truth: str) -> str:
    """Count the characters of the true answer.

    >>> answer_length("3-45", "-42")
    '3'
    """
    return str(len(truth))


def _place(operator: str) -> tuple[int, str]:
    return ORDER.index(operator) if operator in tuple(ORDER) else len(ORDER), operator


Axis = Callable[[str, str], str]
"""From an expression and its exact answer to the group it belongs to."""

AXES: dict[str, Axis] = {
    "operators": operators,
    "terms": terms,
    "brackets": brackets,
    "depth": depth,
    "digits": digits,
    "carries": partial(count_on_paper, "carries"),
    "borrows": partial(count_on_paper, "borrows"),
    "answer-length": answer_length,
}


def breakdown(
    expressions: Sequence[str],
    answers: Sequence[str],
    truths: Sequence[str],
    further: Mapping[str, Axis] | None = None,
    forms: Sequence[Hashable] | None = None,
) -> dict[str, list[Group]]:
    """Split a test along every axis, and along further ones: axis → its groups, smallest first.

    `forms` are what each expression says: its canonical key, unless given.

    >>> [(g.group, g.interval.count) for g in breakdown(["1+2", "1+2+3"], ["3", ""], ["3", "6"])["terms"]]
    [('2', 1), ('3', 1)]
    """
    forms = canonical_forms(expressions) if forms is None else forms
    groups: dict[str, list[Group]] = {}
    for name, axis in {**AXES, **(further or {})}.items():
        labels = [axis(expression, truth) for expression, truth in zip(expressions, truths, strict=True)]
        members: defaultdict[str, list[Sequence[Any]]] = defaultdict(list)
        for label, *item in zip(labels, answers, truths, forms, strict=True):
            members[label].append(item)
        groups[name] = [_group(label, *zip(*members[label], strict=True)) for label in sorted(members, key=_order)]
    return groups


def _group(label: str, answers: Sequence[str], truths: Sequence[str], forms: Sequence[Hashable]) -> Group:
    return Group(label, estimate_exact_match(answers, truths, forms), digit_accuracy(answers, truths))


def _order(label: str) -> tuple[int, tuple[int, ...]]:
    """Order counts by size and operator sets by how many they are, then by + - * /."""
    if label.isdecimal():
        return int(label), ()
    used = [_place(operator)[0] for operator in label.split() if operator != "none"]
    return len(used), tuple(used)
