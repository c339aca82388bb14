from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.arithmetic.evaluation import Operation
from exprlearn.decoding.next_lines import BLANK, lines_of, next_line
from exprlearn.errors import DivisionByZero, EvaluationError
from exprlearn.working import Rule, line_value, reduce_line, reverse_numbers

NUMBERS = st.one_of(
    st.integers(0, 120).map(str),
    st.integers(1, 9).map(lambda number: f"-{number}"),
    st.tuples(st.integers(1, 30), st.integers(2, 30)).map("{0[0]}|{0[1]}".format),
)


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Join lines by an operator, perhaps in brackets, perhaps with a sign in front."""
    return st.tuples(parts, st.sampled_from("+-*/"), parts, st.sampled_from(["{}", "({})", "-({})", "(({}))"])).map(
        lambda made: made[3].format(made[0] + made[1] + made[2])
    )


LINES = st.recursive(st.one_of(NUMBERS, NUMBERS.map("({})".format)), joined, max_leaves=6)


@settings(max_examples=500)
@given(LINES, st.sampled_from(["exact", "floor"]), st.sampled_from(["all", "first"]))
def test_a_line_is_followed_by_what_reading_it_finds(line: str, operation: Operation, rule: Rule) -> None:
    try:
        expected = reduce_line(line, rule, operation)
    except EvaluationError:
        with pytest.raises(EvaluationError):
            next_line(line, operation, rule)
        return
    found = next_line(line, operation, rule)
    assert found.read == reverse_numbers(line)
    assert found.line in (expected, None)
    assert found.line is not None or line_value(line, operation) == Fraction(expected.replace("|", "/"))
    assert reverse_numbers(found.written.replace(BLANK, "")) == expected
    assert len(found.written) >= len(line)
    # Longer only where not even the last blanks made up for longer values.
    assert len(found.written) == len(line) or not found.written.endswith(BLANK)


def test_a_line_that_divides_by_zero_is_refused() -> None:
    with pytest.raises(DivisionByZero, match="divides by zero"):
        next_line("1+2/0")


def test_the_first_calculation_alone_may_be_done() -> None:
    assert list(lines_of("1+2-(4*5)", rule="first")) == ["1+2-(4*5)", "3-(4*5)", "3-20"]
