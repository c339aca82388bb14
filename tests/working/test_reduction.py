from __future__ import annotations

from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.arithmetic import UNLIMITED, Limits, calculations, evaluate, parse
from exprlearn.errors import DivisionByZero, EvaluationError, ExpressionSyntaxError, ExpressionTooLarge
from exprlearn.working import (
    as_expression,
    line_value,
    ready_steps,
    reduce_line,
    replace_spans,
    reverse_numbers,
    steps,
    write_value,
)

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

OPERATIONS: tuple[Literal["exact", "floor"], ...] = ("exact", "floor")


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, st.sampled_from(("+", "-", "*", "/", " - ", "−", "×", "÷")), inner).map("".join)
    return st.one_of(two, inner.map("({})".format), inner.map("-{}".format), inner.map("+ {}".format))


EXPRESSIONS = st.recursive(st.integers(0, 120).map(str), joined, max_leaves=8)


@given(EXPRESSIONS, st.sampled_from(OPERATIONS))
def test_the_calculations_are_those_of_the_evaluator(text: str, operation: Literal["exact", "floor"]) -> None:
    try:
        expected = calculations(parse(text), operation=operation)
    except EvaluationError as error:
        with pytest.raises(type(error)):
            steps(text, operation)
        return
    binary = [step for step in steps(text, operation) if step.left is not None]
    assert [(step.operator, step.left, step.right, step.value) for step in binary] == [
        (step.operator, Fraction(*step.left), Fraction(*step.right), Fraction(*step.result)) for step in expected
    ]


@given(EXPRESSIONS, st.sampled_from(OPERATIONS))
def test_every_line_is_worth_what_the_expression_is(text: str, operation: Literal["exact", "floor"]) -> None:
    try:
        value = evaluate(text, operation=operation)
    except EvaluationError:
        return
    lines = [step.rest for step in steps(text, operation)]
    assert {line_value(line, operation) for line in lines} <= {value}
    assert {evaluate(as_expression(line), operation=operation) for line in lines} <= {value}
    assert line_value(text, operation) == value


@given(EXPRESSIONS)
def test_each_line_follows_from_the_one_before_by_its_span(text: str) -> None:
    try:
        worked = steps(text)
    except EvaluationError:
        return
    line = text.translate(str.maketrans("−×÷", "-*/"))
    for step in worked:
        assert line[: step.start] + write_value(step.value) + line[step.stop :] == step.rest
        assert ready_steps(line)[0] == step
        assert reduce_line(line, "first") == step.rest
        line = step.rest
    assert not ready_steps(line)


@given(EXPRESSIONS)
def test_doing_all_at_once_reaches_the_same_number(text: str) -> None:
    try:
        value = evaluate(text)
    except EvaluationError:
        return
    line, rounds = text, 0
    while (following := reduce_line(line)) != line:
        line, rounds = following, rounds + 1
    assert line == write_value(value)
    assert rounds <= len(steps(text)) + 1


@given(EXPRESSIONS)
def test_ready_calculations_do_not_overlap(text: str) -> None:
    try:
        ready = ready_steps(text)
    except EvaluationError:
        return
    ends = [0, *(end for step in ready for end in (step.start, step.stop))]
    assert ends == sorted(ends)
    assert replace_spans(text, ready) == (reduce_line(text) if ready else replace_spans(text, ()))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("8+3*(9+9)", ["8+3*18", "8+54", "62"]),
        ("8-(2-7)", ["8--5", "13"]),
        ("-(2-7)", ["--5", "5"]),
        ("-(2+7)*3", ["-9*3", "-27"]),
        ("((1+2))*(3)", ["3*(3)", "9"]),
        ("1/3*6", ["1|3*6", "2"]),
        ("2/(-1/3)", ["2/-1|3", "-6"]),
        ("1*2+3*4", ["2+3*4", "2+12", "14"]),
        ("2 × (3 − 4)", ["2 * -1", "-2"]),
        ("7", []),
        ("(-7)", []),
    ],
)
def test_lines_of_an_expression(text: str, lines: list[str]) -> None:
    assert [step.rest for step in steps(text)] == lines


def test_a_line_with_fractions_goes_on_where_it_stands() -> None:
    assert [step.rest for step in steps("1|3+2|3*5")] == ["1|3+10|3", "11|3"]
    assert [(step.start, step.stop) for step in steps("4-(1|3+2|3)*5")] == [(2, 11), (2, 5), (0, 3)]


def test_floor_division_rounds_down_on_the_way() -> None:
    assert [step.rest for step in steps("7/2*-2", "floor")] == ["3*-2", "-6"]
    assert [step.rest for step in steps("-7/2", "floor")] == ["-4"]


def test_what_has_no_value_is_refused_with_the_expression() -> None:
    with pytest.raises(DivisionByZero, match=r"'1/\(2-2\)' divides by zero"):
        steps("1/(2-2)")
    with pytest.raises(ExpressionSyntaxError, match=r"'1\+' is no arithmetic expression"):
        steps("1+")
    with pytest.raises(ExpressionSyntaxError, match=r"'1\|2\+' is no line of a working"):
        steps("1|2+")
    for text in ("1|0", "1|", "1|2|3", "1 |2"):
        with pytest.raises(ExpressionSyntaxError):
            reduce_line(text)
    with pytest.raises(ExpressionTooLarge, match="more than 8 bits"):
        steps("99*99", limits=Limits(bits=8))


def test_deep_and_long_expressions_are_worked_out() -> None:
    assert line_value("(" * 3000 + "1+2" + ")" * 3000, limits=UNLIMITED) == 3
    assert steps("+".join(["1"] * 300), limits=UNLIMITED)[-1].rest == "300"


@given(EXPRESSIONS)
def test_reversing_numbers_twice_changes_nothing(text: str) -> None:
    assert reverse_numbers(reverse_numbers(text)) == text


def test_only_the_numbers_of_a_text_are_reversed() -> None:
    assert reverse_numbers("342*36=12312") == "243*63=21321"
    assert reverse_numbers("17/50, 3 r 12") == "71/05, 3 r 21"
