from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic import Limits, parse
from exprlearn.errors import EvaluationError, ExpressionSyntaxError, ExpressionTooLarge


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("007", (7,)),
        ("1+2*3", (1, 2, 3, "*", "+")),
        ("1-2-3", (1, 2, "-", 3, "-")),
        ("8/4/2", (8, 4, "/", 2, "/")),
        ("(1+2)*3", (1, 2, "+", "()", 3, "*")),
        ("-2*3", (2, "negate", 3, "*")),
        ("2*-3", (2, 3, "negate", "*")),
        ("--2", (2, "negate", "negate")),
        ("+2 ", (2,)),
        ("1 − 2×3÷4", (1, 2, 3, "*", 4, "/", "-")),
        ("\t1\n+ 2\r", (1, 2, "+")),
    ],
)
def test_text_is_read_by_the_usual_precedence(text: str, steps: tuple[object, ...]) -> None:
    assert parse(text).steps == steps


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("  ", 2),
        ("1+", 2),
        ("1 2", 2),
        ("1**2", 2),
        ("(1", 2),
        ("1)", 1),
        ("()", 1),
        ("2(3)", 1),
        ("*1", 0),
        ("1.", 1),
        (".5", 0),
        ("1.5.2", 3),
        ("1e5", 1),
        ("٣", 0),
        ("1_000", 1),
        ("x", 0),
        ("1\x00", 1),
        ("1\xa0+2", 1),
        ("1\ud800", 1),
    ],
)
def test_other_text_is_refused_at_its_position(text: str, position: int) -> None:
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse(text)
    assert caught.value.position == position
    assert caught.value.expression == text
    str(caught.value).encode()


def test_a_syntax_error_shows_the_place_under_a_caret() -> None:
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse("12+*3")
    *_, window, caret = str(caught.value).splitlines()
    assert window[caret.index("^")] == "*"
    assert "unexpected '*' at position 4" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("1" * 11, Limits(characters=10)),
        ("((((1))))", Limits(depth=3)),
        ("----1", Limits(depth=3)),
        ("256", Limits(bits=8)),
        ("9" * 4000, Limits()),
    ],
)
def test_text_beyond_the_limits_is_refused(text: str, limits: Limits) -> None:
    with pytest.raises(ExpressionTooLarge):
        parse(text, limits=limits)


def test_leading_zeros_count_nothing_towards_the_bits() -> None:
    assert parse("0" * 4000 + "5").steps == (5,)


@pytest.mark.parametrize(
    "text", ["(" * 900 + "1" + ")" * 900, "-" * 900 + "1", "1" + "+1" * 2000, "1" + "/(1" * 300 + ")" * 300]
)
def test_deep_and_long_expressions_need_no_recursion(text: str) -> None:
    tree = parse(text)
    assert tree == parse(text)
    assert hash(tree) == hash(parse(text))
    assert tree.numbers[0] == 1


@given(st.text(alphabet="0123456789+-*/() ", max_size=40))
def test_only_evaluation_errors_escape(text: str) -> None:
    try:
        tree = parse(text)
    except EvaluationError:
        return
    assert sum(isinstance(step, int) for step in tree.steps) >= 1


def test_the_last_operation_is_seen_through_brackets() -> None:
    assert [parse(text).last_operation for text in ("5", "(5)", "((1/2))", "1/2+3", "-(1/2)")] == [
        None,
        None,
        "/",
        "+",
        "negate",
    ]
