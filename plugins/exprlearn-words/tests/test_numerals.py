from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn_words.numerals import WORDS, most_words, numeral_of, spelled

NUMERALS = st.text("0123456789", min_size=1, max_size=30)


@given(NUMERALS)
def test_what_is_spelled_reads_as_the_same_numeral(numeral: str) -> None:
    assert numeral_of(spelled(numeral)) == numeral


@given(NUMERALS)
def test_no_numeral_takes_more_words_than_told(numeral: str) -> None:
    assert len(spelled(numeral)) <= most_words(len(numeral))


@given(st.lists(st.sampled_from(WORDS), max_size=8))
def test_words_in_any_order_read_as_what_is_spelled_so_or_as_nothing(words: list[str]) -> None:
    numeral = numeral_of(words)
    assert numeral is None or spelled(numeral) == words


@pytest.mark.parametrize("digits", range(1, 21))
def test_most_words_is_reached_and_never_falls(digits: int) -> None:
    assert most_words(digits) == len(spelled("7" * digits)) <= most_words(digits + 1)


@pytest.mark.parametrize(
    ("numeral", "words"),
    [
        ("0", "zero"),
        ("13", "thirteen"),
        ("20", "twenty"),
        ("110", "one hundred ten"),
        ("1000000", "one million"),
        ("12345678", "twelve million three hundred forty five thousand six hundred seventy eight"),
    ],
)
def test_numbers_are_spelled_as_they_are_said(numeral: str, words: str) -> None:
    assert spelled(numeral) == words.split()
