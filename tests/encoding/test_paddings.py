from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.encoding import NONE, Alphabet, Characters, Digits, Encoder, Left, Numbers, PerTerm, Right
from exprlearn.errors import EncodingError
from exprlearn.plugin import Padding


@pytest.mark.parametrize(("padding", "row"), [(Left(), "···5+12"), (Right(), "5+12···")], ids=repr)
def test_expressions_end_or_start_the_row(addition: Alphabet, padding: Padding, row: str) -> None:
    encoder = Encoder(addition, tokenizer=Characters(), padding=padding, reversal=NONE)
    assert [encoder.describe(text).padded for text in ("5+12", "999+999")] == [row, "999+999"]
    with pytest.raises(EncodingError, match=r"'1000\+1000' needs 9 steps, a row has 7"):
        encoder.sources(["1+2", "1000+1000"])


def padded(alphabet: Alphabet, expression: str, group: int = 1) -> str:
    return Encoder(alphabet, tokenizer=Digits(group), padding=PerTerm(), reversal=NONE).describe(expression).padded


def test_units_stand_under_units(addition: Alphabet) -> None:
    assert padded(addition, "5+12") == "··5+·12"
    assert padded(addition, "999+0") == "999+··0"


def test_what_is_left_over_goes_before_the_whole(mixed: Alphabet) -> None:
    assert padded(mixed, "(1-23)*250") == "(··1-·23)*250".rjust(4 * 3 + 7, "·")


def test_brackets_around_everything_keep_the_padding_of_the_first_number_inside(mixed: Alphabet) -> None:
    assert padded(mixed, "(1+2)").endswith("(··1+··2)")


@given(st.integers(1, 250), st.integers(1, 250), st.sampled_from("+-*/"))
def test_numbers_end_at_fixed_places(mixed: Alphabet, first: int, second: int, sign: str) -> None:
    row = padded(mixed, f"{first}{sign}{second}")
    assert row == f"{first}".rjust(15, "·") + sign + f"{second}".rjust(3, "·")


def test_groups_of_digits_are_padded_to_the_groups_of_the_widest_number(addition: Alphabet) -> None:
    wide = replace(addition, numbers=(0, 99_999), widest_number=5, longest_expression=11)
    steps = Encoder(wide, tokenizer=Digits(2), padding=PerTerm(), reversal=NONE).describe("123+7")
    assert steps.tokens == ("<pad>", "1", "23", "+", "<pad>", "<pad>", "7")


def test_whole_numbers_need_no_padding_of_their_own(addition: Alphabet) -> None:
    steps = Encoder(addition, tokenizer=Numbers(), padding=PerTerm(), reversal=NONE).describe("123+7")
    assert steps.tokens == ("123", "+", "7")


def test_a_number_wider_than_the_widest_is_refused_with_both_widths(addition: Alphabet) -> None:
    with pytest.raises(EncodingError, match=r"'1\+1000' holds a number of 4 characters.* has room for 3"):
        padded(addition, "1+1000")


def test_too_many_terms_are_refused_with_both_lengths(addition: Alphabet) -> None:
    with pytest.raises(EncodingError, match=r"'1\+2\+3' needs 11 steps, a row has 7"):
        padded(addition, "1+2+3")


def test_no_rows_are_no_trouble(addition: Alphabet) -> None:
    encoder = Encoder(addition, tokenizer=Digits(), padding=PerTerm(), reversal=NONE)
    assert PerTerm().pad(np.zeros((0, 0), dtype=np.int32), encoder.vocabulary, 7).shape == (0, 7)
