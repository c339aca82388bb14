from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.sampling.packing import PIECE, Packer, joined, pieces_of

# No zero byte: it stands behind the ends of rows.
TEXTS = st.lists(st.integers(1, 255), max_size=20).map(bytes)
SHORT = st.lists(st.integers(1, 255), max_size=PIECE).map(bytes)


def rows_of(packer: Packer) -> list[bytes]:
    return [bytes(row[:length]) for row, length in zip(packer.bytes(), packer.lengths().tolist(), strict=True)]


def is_zero_behind(packer: Packer) -> bool:
    rows, lengths = packer.bytes(), packer.lengths()
    return not rows[np.arange(rows.shape[1]) >= lengths[:, None].astype(np.int64)].any()


@st.composite
def tables(draw: st.DrawFn) -> list[list[bytes]]:
    rows = draw(st.integers(1, 6))
    return draw(st.lists(st.lists(TEXTS, min_size=rows, max_size=rows), max_size=6))


@settings(deadline=None)
@given(tables())
def test_rows_are_the_texts_of_all_columns_in_order(columns: list[list[bytes]]) -> None:
    expected = [b"".join(texts) for texts in zip(*columns, strict=True)] or [b""]
    packer = Packer(len(expected), max(map(len, expected)))
    for column in columns:
        for pieces in pieces_of(column):
            packer.add(pieces)
    assert rows_of(packer) == expected
    assert is_zero_behind(packer)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(1, 255), max_size=8).map(bytes), max_size=6))
def test_eight_bytes_can_be_appended_at_once(texts: list[bytes]) -> None:
    packer = Packer(1, sum(map(len, texts)))
    for text in texts:
        packer.append(np.array([int.from_bytes(text, "little")], np.uint64), np.array([8 * len(text)], np.uint64))
    assert rows_of(packer) == [b"".join(texts)]


@settings(deadline=None)
@given(st.integers(0, PIECE).flatmap(lambda cut: st.tuples(SHORT.map(lambda t: t[:cut]), SHORT.map(lambda t: t[cut:]))))
def test_two_short_pieces_are_joined_to_one(texts: tuple[bytes, bytes]) -> None:
    packer = Packer(1, PIECE)
    empty = np.zeros(1, np.uint64)
    first, second = ((pieces_of([text]) or [empty])[0] for text in texts)
    packer.add(joined(first, second))
    assert rows_of(packer) == [b"".join(texts)]


def test_no_rows_stay_no_rows() -> None:
    packer = Packer(0, 12)
    packer.add(np.zeros(0, np.uint64))
    assert packer.lengths().tolist() == []
    assert packer.bytes().shape == (0, 16)
