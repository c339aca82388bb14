"""The alphabet of texts: every text that it was made of can be written and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.encoding import (
    BOTH,
    NONE,
    Characters,
    Digits,
    Encoder,
    Left,
    PerTerm,
    Right,
    alphabet_of_texts,
    text_alphabet,
)

TEXTS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20), min_size=1)


@given(
    TEXTS,
    TEXTS,
    st.sampled_from([Digits(), Digits(group=3), Characters()]),
    st.sampled_from([Left(), Right(), PerTerm()]),
)
def test_texts_come_back_from_their_rows(
    questions: list[str], answers: list[str], tokenizer: object, padding: object
) -> None:
    alphabet = alphabet_of_texts(questions, answers)
    for reversal in (NONE, BOTH):
        encoder = Encoder(alphabet, tokenizer=tokenizer, padding=padding, reversal=reversal)
        assert encoder.expressions(encoder.sources(questions)).tolist() == questions
        assert encoder.answers(encoder.targets(answers)).tolist() == answers


def test_a_word_is_one_step_until_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = ["what is two plus two?", "what is ten?"]
    assert alphabet_of_texts(questions, ["4"]).most_literals == 10
    monkeypatch.setattr(text_alphabet, "MOST_WORDS", 3)
    alphabet = alphabet_of_texts(questions, ["4"])
    assert alphabet.most_literals == len(questions[0])
    assert set(map(len, alphabet.literals)) == {1}
