from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.decoding.packing import find_places, pack_examples, row_length_for
from exprlearn.errors import EncodingError


@given(st.lists(st.integers(1, 12), max_size=80), st.integers(12, 20), st.integers(0, 3))
def test_every_example_stands_whole_in_one_segment_of_one_row(lengths: list[int], row_length: int, seed: int) -> None:
    random = np.random.default_rng([seed, 0, 0])
    counts = np.array(lengths, np.int64)
    examples = np.where(np.arange(12) < counts[:, None], random.integers(1, 1000, (len(counts), 12), np.int32), 0)
    packed = pack_examples({"source": examples, "target": examples + 1}, counts, row_length, random)
    found = []
    for source, target, segments in zip(*(packed[name] for name in ("source", "target", "segments")), strict=True):
        assert ((segments == 0) == (source == 0)).all()
        assert (target[segments > 0] == source[segments > 0] + 1).all()
        assert (target[segments == 0] == 0).all()
        used = segments[segments > 0]
        # 1, 2, … without gaps, and padding behind them.
        assert used.tolist() == sorted(used.tolist())
        assert np.array_equal(np.flatnonzero(segments), np.arange(len(used)))
        assert set(used.tolist()) == set(range(1, used.max() + 1))
        found += [tuple(source[segments == number].tolist()) for number in range(1, used.max() + 1)]
    assert sorted(found) == sorted(tuple(row[:length].tolist()) for row, length in zip(examples, counts, strict=True))


def test_short_examples_leave_next_to_no_padding() -> None:
    lengths = np.random.default_rng([0, 0, 0]).integers(3, 18, 20_000)
    packing = find_places(lengths, row_length_for(17))
    assert lengths.sum() / packing.segments.size > 0.97


def test_rows_come_in_an_order_that_follows_from_the_generator() -> None:
    lengths = np.full(100, 5)
    examples = {"source": np.arange(1, 501, dtype=np.int32).reshape(100, 5)}
    one, same, other, straight = (
        pack_examples(examples, lengths, 12, random)["source"]
        for random in (*(np.random.default_rng([0, 0, seed]) for seed in (1, 1, 2)), None)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert straight[:, 0].tolist() == sorted(one[:, 0].tolist())


def test_an_example_that_is_longer_than_a_row_is_refused() -> None:
    with pytest.raises(EncodingError, match="rows of 12 steps have no room for an example of 13"):
        find_places(np.array([3, 13]), 12)


def test_what_was_laid_out_is_read_back() -> None:
    lengths = np.random.default_rng([0, 0, 0]).integers(0, 9, 50)
    examples = np.where(np.arange(9) < lengths[:, None], np.arange(450, dtype=np.int32).reshape(50, 9), 0)
    packing = find_places(lengths, 11)
    assert np.array_equal(packing.take_back(packing.lay_out(examples)), examples[:, : lengths.max()])
