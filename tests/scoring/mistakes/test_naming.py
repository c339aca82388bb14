from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic import evaluate
from exprlearn.arithmetic.divisions import FloorPolicy, FractionPolicy
from exprlearn.scoring.mistakes import MISTAKES, name_fault, name_mistake, names_that_fit
from exprlearn.scoring.mistakes.naming import left_to_right
from exprlearn.scoring.mistakes.slips import added_carries, lost_carries, lost_product_carries
from exprlearn.working import check_working
from exprlearn.working.forms import EquationsWorking

numbers = st.integers(0, 99).map(str)


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("{}{}{}".format, inner, st.sampled_from("+-*"), inner) | inner.map("({})".format)


expressions = st.recursive(numbers, compound, max_leaves=6)


@given(expressions, st.text("-0123456789 r/.x", max_size=6))
def test_every_wrong_answer_has_names_whatever_a_model_writes(expression: str, answer: str) -> None:
    truth = str(evaluate(expression))
    if answer != truth:
        names = list(names_that_fit(expression, answer, truth, FloorPolicy()))
        assert names
        assert names == sorted(set(names), key=list(MISTAKES).index)


@given(expressions)
def test_sums_alone_read_the_same_from_left_to_right(expression: str) -> None:
    sums = expression.replace("*", "+")
    assert evaluate(left_to_right(sums)) == evaluate(sums)
    assert evaluate(left_to_right(left_to_right(expression))) == evaluate(left_to_right(expression))


@pytest.mark.parametrize(
    ("expression", "value"), [("2+3*4", 20), ("-2+3*4", 4), ("2*-3+1", -5), ("2 × (1+2*3) − 4", 14), ("((7))", 7)]
)
def test_signs_and_brackets_survive_reading_from_left_to_right(expression: str, value: int) -> None:
    assert evaluate(left_to_right(expression)) == value


def test_leaving_brackets_out_leaves_all_else() -> None:
    assert list(names_that_fit("((1+2)×3)", "7", "9")) == ["brackets-ignored", "one-digit"]


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_lost_carries_lower_and_lost_borrows_raise(one: int, other: int) -> None:
    larger, smaller = max(one, other), min(one, other)
    assert all(wrong < one + other for wrong in lost_carries(one, other))
    assert all(wrong > larger - smaller for wrong in lost_carries(larger, smaller, sign=-1))
    assert all(0 <= wrong < one * other for wrong in lost_product_carries(one, other))
    assert all(wrong > one + other for wrong in added_carries(one, other))
    assert all(0 <= wrong < larger - smaller for wrong in added_carries(larger, smaller, sign=-1))


def test_adding_each_column_by_itself_loses_every_carry() -> None:
    assert lost_carries(4444, 4444) == set()
    assert 0 in lost_carries(5555, 5555)
    assert 7531 in lost_carries(8765, 9876)


def test_what_is_read_wrongly_and_calculated_wrongly_keeps_the_more_telling_name() -> None:
    assert list(names_that_fit("1+2*3", "9", "7")) == ["precedence", "one-digit"]


def test_a_right_answer_has_no_name() -> None:
    with pytest.raises(ValueError, match="is right"):
        name_mistake("1+2", "3", "3")


def test_an_empty_answer_has_the_wrong_length() -> None:
    assert name_mistake("1+2", "", "3") == "wrong-length"


@pytest.mark.parametrize(
    ("expression", "text", "name"),
    [
        ("(88+77)*2", "88+77=155;155*2=310", "carry-lost"),
        ("8-(2-7)", "2-7=5;8-5=3", "sign"),
        ("1/3+1/7", "1/3=1|3;1/7=1|7;1|3+1|7=10|22", "off-by-one"),
        ("1+2*3", "1+2=3;3*3=9", "order"),
        ("1+2*3", "2*3=6;1+", "unfinished"),
    ],
)
def test_the_first_wrong_line_of_a_working_is_named(expression: str, text: str, name: str) -> None:
    fault = check_working(expression, text, EquationsWorking(), FractionPolicy()).fault
    assert fault is not None
    assert name_fault(fault) == name
