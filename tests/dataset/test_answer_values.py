from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic.divisions import FractionPolicy
from exprlearn.dataset.final_answer import read_answer, same_answer


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8", 8),
        ("+8", 8),
        (" −8 ", -8),
        ("- 8", -8),
        ("007", 7),
        ("1,234,567", 1234567),
        ("3.5", Fraction(7, 2)),
        (".5", Fraction(1, 2)),
        ("-0.25", Fraction(-1, 4)),
        ("34/10", Fraction(17, 5)),
        ("-17 / 5", Fraction(-17, 5)),
        ("1e+20", 10**20),
        ("2.5e-1", Fraction(1, 4)),
    ],
)
def test_an_answer_is_read_by_its_value(text: str, value: Fraction | int) -> None:
    read = read_answer(text)
    assert read is not None
    assert read.value == value
    assert read.remainder == 0


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", ".", "e5", "/2", "1/", "1/0", "eight", "1 2", "12,34", "3.5.1", "٣", "1e999999999", "9" * 9999],
)
def test_what_is_no_answer_is_not_read(text: str) -> None:
    assert read_answer(text) is None


@pytest.mark.parametrize("text", ["3 r 2", "3 R 2", "3r2", "3 remainder 2", "3 rem 2"])
def test_a_remainder_counts(text: str) -> None:
    assert same_answer(text, "3 r 2")
    assert not same_answer(text, "3")


def test_numbers_longer_than_the_interpreter_converts_are_read() -> None:
    assert same_answer("1" * 4000 + ".0", "1" * 4000)


def test_an_unreduced_fraction_is_let_pass_only_on_request() -> None:
    assert not same_answer("34/10", "17/5")
    assert not same_answer("16/2", "8")
    assert same_answer("34/10", "17/5", unreduced=True)
    assert same_answer("- 17 / 5", "-17/5")


@given(st.fractions())
def test_every_written_fraction_reads_back(value: Fraction) -> None:
    read = read_answer(FractionPolicy().answer(value))
    assert read is not None
    assert read.value == value


@given(st.text())
def test_no_text_makes_reading_fail(text: str) -> None:
    read = read_answer(text)
    assert read is None or same_answer(text, text)
