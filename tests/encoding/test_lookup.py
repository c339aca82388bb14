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
    for texts in (["12 × (3 − 4)\t÷ 5", "7+1"], np.array(["12 × (3 − 4)\t÷ 5", "7+1"])):
        rows = encoder(mixed, tokenizer).sources(texts)
        assert encoder(mixed, tokenizer).expressions(rows).tolist() == ["12*(3-4)/5", "7+1"]


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=repr)
def test_signs_that_the_grammar_writes_itself_stay(addition: Alphabet, tokenizer: Tokenizer) -> None:
    typographic = replace(addition, literals=("×", " − "), longest_skeleton=3, longest_expression=9)
    rows = encoder(typographic, tokenizer).sources(["1×2", "1 − 2"])
    assert encoder(typographic, tokenizer).expressions(rows).tolist() == ["1×2", "1 − 2"]


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=repr)
def test_a_minus_typed_for_a_grammar_without_one_is_refused(addition: Alphabet, tokenizer: Tokenizer) -> None:
    with pytest.raises(EncodingError, match="'5−3' holds '−'"):
        encoder(addition, tokenizer).sources(["5−3"])


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=repr)
def test_spaces_belong_to_answers_that_hold_them(addition: Alphabet, tokenizer: Tokenizer) -> None:
    remainders = replace(addition, answer_characters="0123456789 r", longest_answer=7)
    rows = encoder(remainders, tokenizer).targets(["12 r 3", "4"])
    assert encoder(remainders, tokenizer).answers(rows).tolist() == ["12 r 3", "4"]


def test_very_long_texts_are_cut_in_messages(mixed: Alphabet) -> None:
    with pytest.raises(EncodingError) as caught:
        encoder(mixed, Digits()).sources(["1+" * 500 + "^"])
    assert len(str(caught.value)) < 300


@given(st.lists(st.from_regex(r"[-0-9+*/() ×−÷]{1,12}", fullmatch=True), min_size=1))
def test_looking_up_blocks_gives_what_cutting_text_by_text_gives(mixed: Alphabet, texts: list[str]) -> None:
    fast, slow = (
        lookup_for(Characters(per_character), vocabulary_of(Characters(), mixed), mixed, "source")
        for per_character in (True, False)
    )
    assert fast.ids(texts).tolist() == slow.ids(texts).tolist()
    assert fast.texts(fast.ids(texts)).tolist() == slow.texts(fast.ids(texts)).tolist()


class Bracketed:
    """A tokenizer as a plugin might write it: nothing but the protocol."""

    per_character = False

    def symbols(self, alphabet: Alphabet) -> list[str]:
        return [f"<{sign}>" for sign in Characters().symbols(alphabet)]

    def split(self, text: str) -> list[str]:
        return [f"<{sign}>" for sign in text]

    def join(self, tokens: Sequence[str]) -> str:
        return "".join(token[1:-1] for token in tokens)


@pytest.mark.parametrize("padding", [Left(), Right(), PerTerm()], ids=repr)
def test_a_tokenizer_with_nothing_but_the_protocol_works_with_every_padding(mixed: Alphabet, padding: Padding) -> None:
    bracketed = Encoder(mixed, tokenizer=Bracketed(), padding=padding, reversal=BOTH)
    expressions, answers = ["(250-250)*(250/250)", "1+2"], ["-99999", "7"]
    assert bracketed.expressions(bracketed.sources(expressions)).tolist() == expressions
    assert bracketed.answers(bracketed.targets(answers)).tolist() == answers


@pytest.mark.parametrize("digits", [1, 100])
def test_blocks_are_padded_as_single_texts_are(mixed: Alphabet, digits: int) -> None:
    wide = replace(mixed, numbers=(1, 10**digits - 1), widest_number=digits, longest_expression=5 * digits)
    encoder = Encoder(wide, tokenizer=Digits(), padding=PerTerm(), reversal=BOTH)
    texts = [f"{number % 10}*({number % 7}-{number % 3})" for number in range(1500)]
    rows = encoder.sources(texts)
    assert rows[::97].tolist() == [row for text in texts[::97] for row in encoder.sources([text]).tolist()]
    assert encoder.expressions(rows).tolist() == texts
