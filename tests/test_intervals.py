from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.errors import DataError
from exprlearn.scoring import Interval, percent, span, wilson

Z = 1.959963984540054


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    count = draw(st.integers(1, 10_000))
    return draw(st.integers(0, count)), count


@given(shares())
def test_wilson_agrees_with_the_written_out_formula(share: tuple[int, int]) -> None:
    successes, count = share
    p = successes / count
    centre = (p + Z**2 / (2 * count)) / (1 + Z**2 / count)
    half = Z / (1 + Z**2 / count) * sqrt(p * (1 - p) / count + Z**2 / (4 * count**2))
    interval = wilson(successes, count)
    assert interval.low == pytest.approx(centre - half, abs=1e-12)
    assert interval.high == pytest.approx(centre + half, abs=1e-12)


@given(shares())
def test_wilson_holds_its_value_and_stays_within_zero_and_one(share: tuple[int, int]) -> None:
    interval = wilson(*share)
    assert 0 <= interval.low <= interval.value <= interval.high <= 1


@given(shares())
def test_wilson_of_the_failures_is_the_mirror_image(share: tuple[int, int]) -> None:
    successes, count = share
    interval, mirrored = wilson(successes, count), wilson(count - successes, count)
    assert (interval.low, interval.high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-12)


def test_wilson_gives_the_published_values() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3: 81/263, 15/148, 0/20, 1/29.
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (successes, count), ends in published.items():
        interval = wilson(successes, count)
        assert (interval.low, interval.high) == pytest.approx(ends, abs=5e-5)


def test_an_interval_is_made_of_plain_floats_that_json_can_write() -> None:
    assert [type(end) for end in (wilson(3, 7).value, wilson(3, 7).low, wilson(3, 7).high)] == [float] * 3


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match=r"share of no items has no value: .*data\.test"):
        wilson(0, 0)


@given(st.integers(0, 100_000))
def test_percent_says_nought_or_a_hundred_only_when_it_is_so(successes: int) -> None:
    text = float(percent(successes / 100_000).removesuffix(" %"))
    assert (text == 0) == (successes == 0)
    assert (text == 100) == (successes == 100_000)


def test_an_interval_reads_as_a_sentence() -> None:
    assert str(wilson(9, 10)) == "90.0 % (95 %: 59.6 – 98.2, n = 10)"
    assert span(Interval(0.0, 0.0, 0.05, 70)) == "0.0 – 5.0"
