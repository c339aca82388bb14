from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.encoding.code_points import code_points, text_array, texts_from
from exprlearn.errors import EncodingError

TEXTS = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))


@given(TEXTS)
def test_texts_come_back_from_their_code_points(texts: list[str]) -> None:
    assert texts_from(code_points(texts)).tolist() == texts


def test_lists_arrays_slices_and_swapped_bytes_give_the_same_code_points() -> None:
    texts = ["1+2", "12*3", "7"]
    wide = np.array(["1+2", "?", "12*3", "?", "7", "?"], dtype="<U9")
    swapped = np.array(texts).astype(np.dtype("<U4").newbyteorder(">"))
    expected = code_points(texts)
    assert code_points(tuple(texts)).tolist() == expected.tolist()
    assert code_points(wide[::2])[:, :4].tolist() == expected.tolist()
    assert code_points(swapped).tolist() == expected.tolist()


@pytest.mark.parametrize("texts", [[], np.array([], dtype=np.str_), np.zeros(2, dtype="<U0")])
def test_no_texts_and_empty_texts_are_fine(texts: list[str]) -> None:
    assert code_points(texts).shape[0] == len(texts)
    assert text_array(texts).tolist() == [""] * len(texts)


@pytest.mark.parametrize("texts", [["1+2", "1\0+2"], ["1+2\0"], np.array(["1+2", "1\0+2"])])
def test_a_null_character_is_refused(texts: list[str]) -> None:
    with pytest.raises(EncodingError, match="null character"):
        code_points(texts)
