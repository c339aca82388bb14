from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.encoding import BOTH, Alphabet, Characters, Digits, Encoder, Left, Numbers
from exprlearn.encoding.tokenizers import DigitsOptions
from exprlearn.errors import EncodingError, OptionError
from exprlearn.plugin.options import bind


@given(st.text())
def test_joining_characters_inverts_splitting(text: str) -> None:
    assert Characters().join(Characters().split(text)) == text


def test_digits_come_first_so_that_ordinal_inputs_keep_their_order(mixed: Alphabet) -> None:
    assert "".join(Characters().symbols(mixed)) == "0123456789+-*/()"


def test_words_are_spelt_by_their_letters(words: Alphabet) -> None:
    assert "".join(Characters().symbols(words)) == "0123456789plustime*"


GROUPS = (1, 2, 3)


@pytest.mark.parametrize("group", GROUPS)
@given(text=st.text("0123456789+-*/(). r"))
def test_joining_digits_inverts_splitting(text: str, group: int) -> None:
    digits = Digits(group)
    assert digits.join(digits.split(text)) == text


@pytest.mark.parametrize("group", GROUPS)
@given(number=st.from_regex(r"[0-9]{1,12}", fullmatch=True))
def test_numbers_are_grouped_from_the_right(number: str, group: int) -> None:
    tokens = Digits(group).split(number)
    assert "".join(tokens) == number
    assert all(len(token) == group for token in tokens[1:])
    assert 1 <= len(tokens[0]) <= group
    assert len(tokens) == Digits(group).digit_steps(len(number))


def test_groups_never_reach_over_an_operator() -> None:
    assert Digits(3).split("12345+67*(8901)") == ["12", "345", "+", "67", "*", "(", "8", "901", ")"]


def test_literals_of_several_characters_are_one_token_the_longest_first(words: Alphabet) -> None:
    digits = Digits().for_alphabet(words, "source")
    assert digits.split("1plus23times4**5*6") == ["1", "plus", "2", "3", "times", "4", "**", "5", "*", "6"]
    assert not digits.per_character


def test_neighbouring_brackets_stay_apart(mixed: Alphabet) -> None:
    assert Digits().for_alphabet(mixed, "source").split("((1))") == ["(", "(", "1", ")", ")"]


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_of_digits_is_a_symbol_once(group: int, mixed: Alphabet) -> None:
    symbols = list(Digits(group).symbols(mixed))
    assert len(symbols) == len(set(symbols)) == sum(10**size for size in range(1, group + 1)) + 6


def test_single_digits_and_signs_are_cut_as_characters_are(mixed: Alphabet) -> None:
    assert Digits().for_alphabet(mixed, "source").per_character
    assert list(Digits().symbols(mixed)) == list(Characters().symbols(mixed))


@pytest.mark.parametrize("group", [0, 4, "x"])
def test_a_group_outside_of_1_to_3_is_refused(group: object) -> None:
    with pytest.raises(OptionError, match=r"tokenizer\.group"):
        bind(DigitsOptions, {"group": group}, where="tokenizer")


def encoder(alphabet: Alphabet) -> Encoder:
    return Encoder(alphabet, tokenizer=Numbers(), padding=Left(), reversal=BOTH)


def test_a_number_of_an_expression_is_one_token(mixed: Alphabet) -> None:
    assert encoder(mixed).describe("12*(250-7)").tokens[:7] == (")", "7", "-", "250", "(", "*", "12")


def test_answers_are_written_digit_by_digit_from_the_same_vocabulary(mixed: Alphabet) -> None:
    assert encoder(mixed).describe_answer("-12").tokens[:4] == ("2", "1", "-", "<end>")
    assert encoder(mixed).answers(encoder(mixed).targets(["-99999", "250"])).tolist() == ["-99999", "250"]


def test_a_number_outside_of_the_range_is_refused(mixed: Alphabet) -> None:
    with pytest.raises(EncodingError, match=r"'1\+251' holds '251'.* may hold 0…250 \+ - \* / \( \)"):
        encoder(mixed).sources(["1+2", "1+251"])


def test_a_range_with_more_numbers_than_the_limit_is_refused_with_what_to_do(mixed: Alphabet) -> None:
    wide = replace(mixed, numbers=(0, 10_000))
    with pytest.raises(EncodingError, match=r"10001 tokens for 0\.\.10000, its limit is 10000.*--tokenizer digits"):
        encoder(wide)
    assert len(Numbers(limit=10_001).symbols(wide)) == 10_001 + 6


def test_the_tokens_of_a_row_are_numbers_and_signs(mixed: Alphabet) -> None:
    assert encoder(mixed).shape.source_length == 4 + 7
