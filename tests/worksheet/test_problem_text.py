from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic import evaluate
from exprlearn.arithmetic.parsing import plain_signs
from exprlearn.sampling import ExpressionSpace
from exprlearn.worksheet.problem_text import column_rows, school_text

SPACE = ExpressionSpace.from_file("nested")


@given(st.integers(0, SPACE.size - 1))
def test_what_is_written_for_schools_reads_as_the_same_expression(index: int) -> None:
    written = school_text(SPACE[index])
    assert plain_signs(written.replace(" ", "")) == SPACE[index]
    assert not set("-*/") & set(written)


@given(st.integers(0, 999), st.sampled_from("+-*/"), st.integers(1, 999))
def test_rows_of_columns_are_the_problem_and_never_come_below_zero(first: int, sign: str, second: int) -> None:
    rows = column_rows(f"{first}{sign}{second}")
    assert bool(rows) == (sign in "+*" or (sign == "-" and first >= second))
    if rows:
        joined = plain_signs("".join(sign + number for sign, number in rows))
        assert joined == f"{first}{sign}{second}"
        assert evaluate(joined) >= Fraction(0)


@pytest.mark.parametrize("text", ["two-and-twenty plus one", "2^3", "max(1,2)", "3<5"])
def test_words_and_signs_of_plugins_stay_as_they_are(text: str) -> None:
    assert school_text(text) == text
    assert column_rows(text) == ()
