from __future__ import annotations

from dataclasses import replace

import pytest

from exprlearn.encoding import BOTH, Alphabet, Encoder, Left, Numbers
from exprlearn.errors import EncodingError


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
