from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.encoding import END, PAD, START, Vocabulary
from exprlearn.encoding.vocabulary import shown
from exprlearn.errors import EncodingError, RunError


@given(st.lists(st.text(min_size=1, max_size=4), unique=True), st.integers(1, 9))
def test_a_vocabulary_reloads_identically_from_json(symbols: list[str], steps: int) -> None:
    vocabulary = Vocabulary(tuple(symbols), steps)
    assert Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json()))) == vocabulary


@given(st.lists(st.text(min_size=1, max_size=4), unique=True))
def test_ids_are_dense_and_the_inverse_of_symbols(symbols: list[str]) -> None:
    vocabulary = Vocabulary(tuple(symbols))
    assert [vocabulary.id(symbol) for symbol in symbols] == list(range(3, len(vocabulary)))
    assert [vocabulary.symbol(number) for number in range(3, len(vocabulary))] == symbols


def test_the_special_symbols_come_first() -> None:
    vocabulary = Vocabulary(("0", "+"))
    assert [vocabulary.symbol(number) for number in (PAD, START, END)] == ["<pad>", "<start>", "<end>"]


@pytest.mark.parametrize("symbols", [("1", "1"), ("",), ("<pad>",)])
def test_double_empty_and_special_symbols_are_refused(symbols: tuple[str, ...]) -> None:
    with pytest.raises(EncodingError, match="must be distinct"):
        Vocabulary(symbols)


def test_an_unknown_symbol_is_refused_with_what_the_vocabulary_holds() -> None:
    with pytest.raises(EncodingError, match=r"'\^' is not in the vocabulary; it holds 0…2 \+"):
        Vocabulary(("0", "1", "2", "+")).id("^")


@pytest.mark.parametrize("number", [-1, 5])
def test_an_id_without_a_symbol_is_refused_with_the_range_of_ids(number: int) -> None:
    with pytest.raises(EncodingError, match="its ids run from 0 to 4"):
        Vocabulary(("0", "1")).symbol(number)


def test_numerals_are_the_symbols_made_of_ascii_digits() -> None:
    vocabulary = Vocabulary(("0", "12", "+", "٣", "a1"))
    assert vocabulary.numerals.tolist() == [False] * 3 + [True, True, False, False, False]


@pytest.mark.parametrize("document", [{}, {"symbols": "0+", "number_steps": "x"}, {"symbols": [1]}, [], None])
def test_damaged_data_is_refused_as_a_damaged_run(document: object) -> None:
    with pytest.raises(RunError, match="the stored vocabulary is damaged"):
        Vocabulary.from_json(document)  # type: ignore[arg-type]


def test_stored_symbols_that_clash_are_refused_as_a_damaged_run() -> None:
    with pytest.raises(RunError, match="must be distinct"):
        Vocabulary.from_json({"symbols": ["0", "0"], "number_steps": 1})


def test_long_lists_of_symbols_are_shown_in_short() -> None:
    assert shown([*map(str, range(1000)), "+", "0", "2", "00", "01", "02"]) == "0…999 + 0 2 00…02"
