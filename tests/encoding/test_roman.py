"""A tokenizer that takes more tokens for a number than it has digits: Roman numerals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.encoding import NONE, Encoder, Right
from exprlearn.encoding.alphabet import alphabet_of
from exprlearn.errors import EncodingError
from exprlearn.sampling import ExpressionSpace

DIGITS = ("N", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


class Roman:
    """Writes each digit as a Roman numeral, which ends with a dot."""

    per_character = False

    def symbols(self, alphabet: Any) -> Sequence[str]:
        return [*"NIVX.", *alphabet.literals, "-"]

    def split(self, text: str) -> list[str]:
        return list("".join(f"{DIGITS[int(sign)]}." if sign.isdecimal() else sign for sign in text))

    def join(self, tokens: Sequence[str]) -> str:
        return re.sub(r"([NIVX]+)\.", lambda found: str(DIGITS.index(found[1])), "".join(tokens))


class Counted(Roman):
    """Tells besides how many tokens a number may take."""

    def digit_steps(self, digits: int) -> int:
        return 5 * digits


def encoder(tokenizer: Any) -> Encoder:
    alphabet = alphabet_of(ExpressionSpace.from_file("addition"), ExactOnlyPolicy(), longest_answer=4)
    return Encoder(alphabet, tokenizer=tokenizer, padding=Right(), reversal=NONE)


def test_rows_that_are_too_short_for_its_tokens_are_told_of_with_what_makes_them_wider() -> None:
    with pytest.raises(EncodingError, match=r"a row has \d+: .* more tokens .* by digit_steps"):
        encoder(Roman()).sources(["888+888"])
    with pytest.raises(EncodingError, match="by digit_steps"):
        encoder(Roman()).targets(["8888"])


def test_with_digit_steps_alone_rows_have_room() -> None:
    made = encoder(Counted())
    assert made.expressions(made.sources(["888+888"])).tolist() == ["888+888"]
    assert made.answers(made.targets(["1776"])).tolist() == ["1776"]


def test_a_text_of_too_many_digits_is_told_without() -> None:
    from exprlearn.encoding import Characters

    with pytest.raises(EncodingError, match=r"larger grammar sizes$"):
        encoder(Characters()).sources(["12345+12345"])
