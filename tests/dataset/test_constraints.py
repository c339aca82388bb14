from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from exprlearn.arithmetic import UNLIMITED, Operation, block_values, compile_skeletons, evaluate
from exprlearn.dataset.builtin import exprlearn_constraints
from exprlearn.dataset.constraints import (
    AnswerLengthConstraint,
    AnswerLengthOptions,
    CarriesConstraint,
    CarriesOptions,
    IntegerConstraint,
    IntegerIntermediatesConstraint,
    MeaningfulBracketsConstraint,
    NonNegativeConstraint,
    NontrivialDivisorsConstraint,
    ResultRangeConstraint,
    ResultRangeOptions,
    SignsConstraint,
    SignsOptions,
)
from exprlearn.dataset.drawing.split import keep_rows
from exprlearn.errors import DivisionByZero, OptionError
from exprlearn.plugin import Constraint
from exprlearn.plugin.options import bind

CONSTRAINTS: list[Constraint] = [
    IntegerConstraint(),
    ResultRangeConstraint(ResultRangeOptions(low=-3, high=40)),
    ResultRangeConstraint(ResultRangeOptions(low=1, high=2**61)),
    IntegerIntermediatesConstraint(),
    AnswerLengthConstraint(AnswerLengthOptions(maximum=2)),
    AnswerLengthConstraint(AnswerLengthOptions(maximum=20)),
    MeaningfulBracketsConstraint(),
    CarriesConstraint(CarriesOptions(minimum=1)),
    CarriesConstraint(CarriesOptions(maximum=1)),
    SignsConstraint(SignsOptions(only="+*")),
    SignsConstraint(SignsOptions(only="-/")),
    SignsConstraint(SignsOptions(all="-", any="*/")),
    SignsConstraint(SignsOptions(minimum=3)),
    NonNegativeConstraint(),
    NontrivialDivisorsConstraint(),
]


@pytest.mark.parametrize("operation", ["exact", "floor"])
@pytest.mark.parametrize("high", [9, 999, 10**11])
@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=str)
def test_blocks_are_checked_as_single_expressions_are(
    signed_block: Any, constraint: Constraint, operation: Operation, high: int
) -> None:
    block = signed_block(600, high, terms=3, operators=3)
    values = block_values(block, compile_skeletons(block.skeletons), operation)
    kept = keep_rows(constraint, block, values)
    for row, text in enumerate(block.expressions.tolist()):
        value = values.fraction(row)
        assert kept[row] == (value is None or constraint.holds(text, value)), text


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=str)
def test_an_empty_block_is_checked(signed_block: Any, constraint: Constraint) -> None:
    block = signed_block(0, 9)
    assert keep_rows(constraint, block, block_values(block, compile_skeletons(block.skeletons))).tolist() == []


@pytest.mark.parametrize(
    ("text", "count"),
    [("12+34", 0), ("75+48", 2), ("999+1", 3), ("1000-1", 3), ("5-8", 0), ("15-8", 1), ("9+9-9", 2), ("12*12", 0)],
)
def test_carries_of_an_expression_add_up(text: str, count: int) -> None:
    options = CarriesOptions(minimum=count, maximum=count)
    assert CarriesConstraint(options).holds(text, evaluate(text))
    assert not CarriesConstraint(CarriesOptions(minimum=count + 1)).holds(text, evaluate(text))


def without_pairs(text: str) -> Iterator[str]:
    """Leave out each pair of brackets in turn."""
    opened = []
    for place, sign in enumerate(text):
        if sign == "(":
            opened.append(place)
        elif sign == ")":
            first = opened.pop()
            yield text[:first] + text[first + 1 : place] + text[place + 1 :]


def value_or_none(text: str, operation: Operation) -> Fraction | None:
    try:
        return evaluate(text, operation=operation, limits=UNLIMITED)
    except DivisionByZero:
        return None


def says_the_same(pattern: str, other: str) -> bool:
    """Fill two patterns with the same numbers, many times over, and compare values under both operations."""
    chance = np.random.default_rng(5)
    for _ in range(60):
        numbers = chance.choice([1, 2, 3, 5, 7, 11, 23, 100], pattern.count("#")).tolist()
        one, two = iter(numbers), iter(numbers)
        texts = [
            re.sub("#", lambda _, drawn=drawn: str(next(drawn)), text) for text, drawn in ((pattern, one), (other, two))
        ]
        for operation in ("exact", "floor"):
            if value_or_none(texts[0], operation) != value_or_none(texts[1], operation):
                return False
    return True


def test_brackets_are_meaningful_just_when_leaving_them_out_can_change_the_answer(signed_block: Any) -> None:
    constraint, seen = MeaningfulBracketsConstraint(), set()
    for terms, operators, brackets in ((2, 2, 2), (3, 2, 1), (3, 3, 1), (4, 3, 1)):
        block = signed_block(250, 9, terms=terms, operators=operators, brackets=brackets)
        for row in np.unique(block.rows).tolist():
            pattern = block.skeletons.pattern(row)
            others = list(without_pairs(pattern))
            keeps_signs_apart = re.search(r"[-+*/]\(-", pattern) is not None
            trivial = any(says_the_same(pattern, other) for other in others)
            seen.add((trivial, keeps_signs_apart))
            if not keeps_signs_apart:
                assert constraint.holds(pattern.replace("#", "1"), Fraction(0)) == (not trivial), pattern
    assert len(seen) == 4


def test_brackets_that_keep_signs_apart_are_meaningful() -> None:
    constraint = MeaningfulBracketsConstraint()
    assert constraint.holds("2*(-3)", Fraction(-6))
    assert constraint.holds("2+(-3+4)", Fraction(3))
    assert not constraint.holds("(-3)*2", Fraction(-6))


def test_constraints_are_offered_by_name() -> None:
    assert [spec.name for spec in exprlearn_constraints()] == [
        "integer",
        "result-range",
        "integer-intermediates",
        "non-negative",
        "nontrivial-divisors",
        "answer-length",
        "meaningful-brackets",
        "carries",
        "signs",
        "difficulty",
    ]
    for spec in exprlearn_constraints():
        assert str(spec.make(spec.options())).startswith(spec.name)


def test_a_range_with_its_ends_swapped_is_refused() -> None:
    with pytest.raises(OptionError, match="low must not be above high, 5 is above 1"):
        bind(ResultRangeOptions, {"low": 5, "high": 1}, where="data.constraints")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"only": "+-", "all": "*"}, r"all=\* asks for \*, which only=\+- leaves out"),
        ({"only": "+-", "any": "*/"}, r"any=\*/ asks for signs that only=\+- leaves out"),
        ({"only": "+-", "minimum": 3}, r"minimum=3 asks for more different signs than only=\+- has"),
    ],
)
def test_signs_that_contradict_each_other_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(OptionError, match=told):
        bind(SignsOptions, options, where="data.constraints")


def test_divisions_by_one_or_by_itself_are_left_out_and_those_of_zero() -> None:
    holds = NontrivialDivisorsConstraint().holds
    assert [text for text in ("6/2", "6/-2", "6/4", "1/2", "2/3*3/4") if holds(text, Fraction(0))] == [
        "6/2",
        "6/-2",
        "6/4",
        "1/2",
        "2/3*3/4",
    ]
    trivial = ("57/57", "57/1", "57/-57", "57/-1", "(2-3)/(5-4)", "(2-2)/4", "3/2/(3/2)", "1+8/(9-8)", "5/0")
    assert not any(holds(text, Fraction(0)) for text in trivial)


def test_under_a_policy_that_rounds_the_answer_must_not_be_negative_either() -> None:
    constraint = NonNegativeConstraint()
    assert constraint.holds("1/2*2-1", Fraction(0))
    assert not constraint.holds("1/2*2-1", evaluate("1/2*2-1", operation="floor"))
