from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from exprlearn.encoding.rows import code_points, is_packed, lengths, packed, runs, text_array, texts_from, turned
from exprlearn.errors import EncodingError

ROWS = arrays(np.int32, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=8), elements=st.integers(0, 3))


@given(ROWS)
def test_packing_keeps_the_tokens_of_each_row_in_order(ids: NDArray[np.int32]) -> None:
    rows = packed(ids)
    assert [[number for number in row if number] for row in ids.tolist()] == [
        row[:length] for row, length in zip(rows.tolist(), lengths(rows).tolist(), strict=True)
    ]


@given(ROWS)
def test_packed_rows_hold_no_gap_and_no_column_of_padding(ids: NDArray[np.int32]) -> None:
    rows = packed(ids)
    assert rows.shape[1] == lengths(ids).max(initial=0)
    assert not ((rows[:, :-1] == 0) & (rows[:, 1:] != 0)).any()


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=8)))
def test_runs_paint_exactly_the_marked_steps(flags: NDArray[np.bool_]) -> None:
    painted = np.zeros(flags.shape, dtype=np.bool_)
    for row, start, length in zip(*runs(flags), strict=True):
        assert start == 0 or not flags[row, start - 1]
        painted[row, start : start + length] = True
    assert (painted == flags).all()


@given(ROWS)
def test_rows_are_packed_when_packing_changes_nothing_but_the_width(ids: NDArray[np.int32]) -> None:
    rows = packed(ids)
    assert is_packed(ids != 0) == (rows.tolist() == ids[:, : rows.shape[1]].tolist())


@given(ROWS, st.integers(0, 3))
def test_turned_rows_hold_the_tokens_back_to_front(ids: NDArray[np.int32], room: int) -> None:
    rows = packed(ids)
    back = turned(rows, lengths(rows), rows.shape[1] + room)
    expected = [[number for number in reversed(row) if number] for row in rows.tolist()]
    assert [row[: len(tokens)] for row, tokens in zip(back.tolist(), expected, strict=True)] == expected
    assert back.shape[1] == rows.shape[1] + room
    assert not any(any(row[len(tokens) :]) for row, tokens in zip(back.tolist(), expected, strict=True))


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
