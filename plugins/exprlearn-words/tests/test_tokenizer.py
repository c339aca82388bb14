from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from exprlearn_words.numerals import WORDS
from exprlearn_words.tokenizer import SIGNS, Words


@given(st.from_regex(re.compile(r"-?[0-9]{1,9}([-+*/()]{1,2}[0-9]{1,9}){0,3}"), fullmatch=True))
def test_words_join_to_the_text_they_were_cut_from(text: str) -> None:
    assert Words().join(Words().split(text)) == text


@given(st.lists(st.sampled_from((*WORDS, *SIGNS)), max_size=8))
def test_a_model_may_write_any_words_and_wrong_ones_never_read_as_a_number(tokens: list[str]) -> None:
    text = Words().join(tokens)
    assert Words().split(text) == tokens or text == " ".join(tokens)


def test_seven_seven_is_not_seventy_seven() -> None:
    assert Words().join(["seventy", "seven"]) == "77"
    assert Words().join(["seven", "seven"]) == "seven seven"
