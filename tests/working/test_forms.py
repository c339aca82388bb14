from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic.divisions import DecimalPolicy, ExactOnlyPolicy, FloorRemainderPolicy, FractionPolicy
from exprlearn.arithmetic.divisions import DivisionPolicy as Policy
from exprlearn.errors import DataError
from exprlearn.plugin import Division, Working, WorkingSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.working import reverse_numbers, write_working

WORKINGS: dict[str, Working] = {
    entry.spec.name: entry.spec.make(entry.spec.options()) for entry in Plugins(only=())[WorkingSpec]
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("none", "26"),
        ("results", "18;54;62"),
        ("expressions", "8+3*18=8+54=62"),
        ("equations", "9+9=18;3*18=54;8+54=62"),
        ("columns", "9+9=18;3*18=54;8+54=62"),
    ],
)
def test_the_working_of_an_expression(name: str, text: str) -> None:
    expression = "13*2" if name == "none" else "8+3*(9+9)"
    assert write_working(expression, WORKINGS[name], ExactOnlyPolicy()) == text


def test_units_come_first_in_each_number_and_the_answer_last() -> None:
    text = write_working("8+3*(9+9)", WORKINGS["equations"], ExactOnlyPolicy())
    assert reverse_numbers(text) == "9+9=81;3*81=45;8+45=26"
    assert reverse_numbers(WORKINGS["equations"].answer(reverse_numbers(text))) == "62"


@pytest.mark.parametrize(
    ("expression", "division", "text"),
    [
        ("2/3-1", FractionPolicy(), "2/3=2|3;2|3-1=-1/3"),
        ("17/5", FloorRemainderPolicy(), "17/5=3 r 2"),
        ("2/3", DecimalPolicy(), "2/3=0.67"),
        ("-(2+7)", ExactOnlyPolicy(), "2+7=9;-9=-9"),
        ("-(2-7)", ExactOnlyPolicy(), "2-7=-5;--5=5"),
        ("((-(2+7)))", ExactOnlyPolicy(), "2+7=9;-9=-9"),
        ("-(-(0*6))", ExactOnlyPolicy(), "0*6=0;--0=0"),
        ("7", ExactOnlyPolicy(), "7"),
        ("(-7)", ExactOnlyPolicy(), "-7"),
        ("2 × (3 − 4)", ExactOnlyPolicy(), "3-4=-1;2*-1=-2"),
    ],
)
def test_the_last_value_is_written_as_the_policy_writes_answers(expression: str, division: Division, text: str) -> None:
    assert write_working(expression, WORKINGS["equations"], division) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("results", "18;54;"),
        ("results", "18;-"),
        ("expressions", "8+3*18=8+54="),
        ("expressions", "8+3*18=8+54"),
        ("expressions", "8+3*18=8-"),
        ("equations", "9+9=18;3*18"),
        ("equations", "9+9=18;3"),
        ("equations", "9+9=18;"),
        ("equations", "9+9="),
        ("equations", "9+"),
        ("columns", "342*36:2052+10260"),
        ("columns", "756/18:40*720:36/18:2*"),
    ],
)
def test_a_text_that_breaks_off_has_no_answer(name: str, text: str) -> None:
    assert WORKINGS[name].answer(text) == ""


def test_what_a_text_shows_is_listed_in_its_order() -> None:
    shown = {name: WORKINGS[name].lines("1+2=3;3*4=12") for name in ("equations", "columns")}
    assert shown["equations"] == shown["columns"]
    assert [line.expression for line in shown["equations"]] == ["1+2", "3*4"]
    assert [line.expression for line in WORKINGS["expressions"].lines("3*4+1=12+1=13")] == ["", "3*4+1", "12+1"]
    assert [line.stated for line in WORKINGS["results"].lines("3;12;13")] == ["3", "12", "13"]


class Equals(Policy):
    characters = "=0123456789"

    def answer(self, value: object, expression: str = "") -> str:
        return f"{value}=x"


def test_an_answer_that_cannot_be_found_again_is_refused() -> None:
    with pytest.raises(DataError, match="choose another --working or another --division"):
        write_working("1+2", WORKINGS["equations"], Equals())


@given(st.sampled_from(list(WORKINGS)), st.text("0123456789+-*/()=;:,|r ", max_size=30))
def test_no_text_makes_a_working_raise(name: str, text: str) -> None:
    assert text.endswith(WORKINGS[name].answer(text))
    assert all(isinstance(line.stated, str) for line in WORKINGS[name].lines(text))
