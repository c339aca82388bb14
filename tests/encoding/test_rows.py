from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from exprlearn.encoding.rows import is_packed, lengths, packed, runs, turned

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
