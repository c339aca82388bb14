from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic import Limits
from exprlearn.dataset import canonical_forms, canonical_key
from exprlearn.dataset.text_forms import readable_forms
from exprlearn.errors import ExpressionSyntaxError


def form_of(text: str) -> int:
    try:
        return canonical_key(text)
    except ExpressionSyntaxError:
        return canonical_key(text, "string")


@given(st.lists(st.text("0123456789+-*/() −×", max_size=12) | st.text(max_size=5)))
def test_forms_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    assert canonical_forms(texts) == list(map(form_of, texts))


def test_what_is_too_large_has_no_readable_form() -> None:
    texts = ["1+2", "1" * 99, "three"]
    assert readable_forms(texts, limits=Limits(characters=50)) == [canonical_key("1+2"), None, None]
