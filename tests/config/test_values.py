from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.config.values import parse_bounds, parse_range, seconds, write_range


@settings(deadline=None)
@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_written_range_reads_back_as_itself(one: int, other: int) -> None:
    pair = (min(one, other), max(one, other))
    assert parse_range(write_range(pair)) == pair


def test_sizes_may_be_open_at_either_end() -> None:
    assert [parse_bounds(text) for text in ("2..", "..4", 3, "none")] == [(2, None), (0, 4), (3, 3), None]
    assert parse_bounds(write_range((2, None))) == (2, None)
    with pytest.raises(ValueError, match="write a range as"):
        parse_bounds("..")


@pytest.mark.parametrize("text", ["", "x", "1..", "..3", "-1..3", "1...3", "1..2..3", None, True, 1.5])
def test_what_is_no_range_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"write a range as '2\.\.4'"):
        parse_range(text)


def test_a_range_that_runs_downwards_is_turned_round_in_the_message() -> None:
    with pytest.raises(ValueError, match=r"write '2\.\.4'"):
        parse_range("4..2")


@pytest.mark.parametrize(("span", "expected"), [("45", 45), ("45s", 45), ("1.5m", 90), ("2h", 7200), ("1m30s", 90)])
def test_spans_of_time_are_read_in_seconds(span: str, expected: float) -> None:
    assert seconds(span) == expected


@pytest.mark.parametrize("span", ["", "soon", "10 minutes", "-5s", "5d"])
def test_what_is_no_span_is_refused(span: str) -> None:
    with pytest.raises(ValueError, match="write a time as"):
        seconds(span)
