from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.encoding import BOTH, Alphabet, Characters, Digits, Encoder, Left, Numbers, PerTerm, Right
from exprlearn.encoding.lookup import lookup_for
from exprlearn.encoding.sides import vocabulary_of
from exprlearn.errors import EncodingError
from exprlearn.plugin import Padding, Tokenizer

TOKENIZERS: list[Tokenizer] = [Characters(), Digits(), Digits(2), Numbers()]


def encoder(alphabet: Alphabet, tokenizer: Tokenizer) -> Encoder:
    return Encoder(alphabet, tokenizer=tokenizer, padding=Right(), reversal=BOTH)


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=repr)
@pytest.mark.parametrize("expression", ["12^3", "1+x", "٣+1", "1+😀", "1+1r"])
def test_an_unknown_character_is_refused_with_the_text_the_character_and_what_there_is(
    mixed: Alphabet, tokenizer: Tokenizer, expression: str
) -> None:
    unknown = next(character for character in expression if character not in "0123456789+")
    with pytest.raises(EncodingError) as caught:
        encoder(mixed, tokenizer).sources(["1+1", expression])
    assert f"the expression '{expression}' holds '{unknown}'" in str(caught.value)
    assert "+ - * / ( )" in str(caught.value)


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=repr)
def test_what_only_answers_hold_is_refused_in_expressions(addition: Alphabet, tokenizer: Tokenizer) -> None:
    addition = replace(addition, answer_characters="-/0123456789")
    assert encoder(addition, tokenizer).answers(encoder(addition, tokenizer).targets(["-1/2"])).tolist() == ["-1/2"]
    for expression in ("5-3", "5/3"):
        with pytest.raises(EncodingError, match="which the vocabulary cannot write; an expression may hold"):
            encoder(addition, tokenizer).sources([expression])


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=repr)
def test_what_only_expressions_hold_is_refused_in_answers(mixed: Alphabet, tokenizer: Tokenizer) -> None:
    with pytest.raises(EncodingError, match=r"the answer '1\+2' holds '\+'.* division policy"):
        encoder(mixed, tokenizer).targets(["12", "1+2"])


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=repr)
def test_typed_signs_and_spaces_are_read_as_the_grammar_writes_them(mixed: Alphabet, tokenizer: Tokenizer) -> None:
    for texts in (["12*(3-4)/5", "7+1", "1 2", "9"] * 700, ["12", "3÷4"] * 999, ["1"] * 1025):
        ids = lookup.ids(texts)
        alone = {text: lookup.ids([text])[0].tolist() for text in texts}
        assert ids.tolist() == [alone[text] + [0] * (ids.shape[1] - len(alone[text])) for text in texts]
    with pytest.raises(EncodingError, match=r"'1\^2' holds '\^'"):
        lookup.ids(["1+2"] * 1024 + ["1^2"])


@pytest.mark.parametrize("digits", [1, 100])
def test_large_blocks_are_padded_as_small_ones_are(mixed: Alphabet, digits: int) -> None:
    wide = replace(mixed, numbers=(1, 10**digits - 1), widest_number=digits, longest_expression=5 * digits)
    encoder = Encoder(wide, tokenizer=Digits(), padding=PerTerm(), reversal=BOTH)
    texts = [f"{number % 10}*({number % 7}-{number % 3})" for number in range(1500)]
    rows = encoder.sources(texts)
    assert rows[::97].tolist() == [row for text in texts[::97] for row in encoder.sources([text]).tolist()]
    assert encoder.expressions(rows).tolist() == texts
