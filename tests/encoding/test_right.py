from __future__ import annotations

import pytest

from exprlearn.encoding import NONE, Alphabet, Characters, Encoder, Right
from exprlearn.errors import EncodingError


def encoder(alphabet: Alphabet) -> Encoder:
    return Encoder(alphabet, tokenizer=Characters(), padding=Right(), reversal=NONE)


def test_expressions_start_at_the_start_of_the_row(addition: Alphabet) -> None:
    assert [encoder(addition).describe(text).padded for text in ("5+12", "999+999")] == ["5+12···", "999+999"]


def test_too_long_an_expression_is_refused_with_both_lengths(addition: Alphabet) -> None:
    with pytest.raises(EncodingError, match=r"'1000\+1000' needs 9 steps, a row has 7"):
        encoder(addition).sources(["1+2", "1000+1000"])
