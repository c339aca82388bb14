from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exprlearn.encoding import Alphabet, Characters


@given(st.text())
def test_join_inverts_split(text: str) -> None:
    assert Characters().join(Characters().split(text)) == text


def test_digits_come_first_so_that_ordinal_inputs_keep_their_order(mixed: Alphabet) -> None:
    assert "".join(Characters().symbols(mixed)) == "0123456789+-*/()"


def test_words_are_spelt_by_their_letters(words: Alphabet) -> None:
    assert "".join(Characters().symbols(words)) == "0123456789plustime*"
