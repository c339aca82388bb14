from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.encoding import Alphabet, Characters, Digits
from exprlearn.encoding.digits import DigitsOptions
from exprlearn.errors import OptionError
from exprlearn.plugin.options import bind

GROUPS = (1, 2, 3)


@pytest.mark.parametrize("group", GROUPS)
@given(text=st.text("0123456789+-*/(). r"))
def test_join_inverts_split(text: str, group: int) -> None:
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
