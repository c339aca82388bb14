from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from exprlearn.sampling.ordering.hashing import derive_keys
from exprlearn_balance.row_permutations import permute_rows


def keys_of(count: int) -> NDArray[np.uint64]:
    return np.array(derive_keys(count, "own orders"), np.uint64)


def z_score(counts: NDArray[np.int64]) -> float:
    expected = counts.sum() / counts.size
    squares = float(((counts - expected) ** 2 / expected).sum())
    return (squares - (counts.size - 1)) / float(np.sqrt(2 * (counts.size - 1)))


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.integers(0, 5))
def test_every_row_has_each_index_once_in_a_pass(sizes: list[int], number: int) -> None:
    keys = keys_of(len(sizes))
    rows = np.repeat(np.arange(len(sizes)), sizes)
    positions = np.concatenate([np.arange(size) + number * size for size in sizes])
    found = permute_rows(positions, np.array(sizes)[rows], keys[rows])
    for row, size in enumerate(sizes):
        assert sorted(found[rows == row].tolist()) == list(range(size))


@pytest.mark.parametrize("size", [2**31, 10**15, 2**61 + 1, 10**30])
def test_large_orders_repeat_nothing(size: int) -> None:
    sizes = np.full(2000, size, object if size >= 2**62 else np.int64)
    found = permute_rows(np.arange(2000), sizes, np.repeat(keys_of(1), 2000)).tolist()
    assert len(set(found)) == 2000
    assert all(0 <= index < size for index in found)
    assert size // 3 < sum(found) // 2000 < 2 * size // 3


def test_python_integers_give_the_same_where_both_will_do() -> None:
    positions, keys = np.arange(500), keys_of(500)
    sizes = np.arange(1, 501) ** 3
    wide = permute_rows(positions, sizes.astype(object), keys)
    assert wide.tolist() == permute_rows(positions, sizes, keys).tolist()


@pytest.mark.parametrize("size", [2, 3, 5, 6, 12, 30])
def test_small_orders_come_evenly_over_keys(size: int) -> None:
    keys = np.array(derive_keys(20_000, "even"), np.uint64)
    firsts, seconds = (
        permute_rows(np.full(len(keys), position), np.full(len(keys), size), keys) for position in (0, 1)
    )
    assert abs(z_score(np.bincount(firsts.astype(np.int64), minlength=size))) < 4
    pairs = np.bincount((firsts * size + seconds).astype(np.int64), minlength=size**2).reshape(size, size)
    assert not np.diagonal(pairs).any()
    assert abs(z_score(pairs[~np.eye(size, dtype=bool)])) < 4


def test_own_orders_are_frozen() -> None:
    sizes = np.array([7, 7, 100, 10**9])
    assert permute_rows(np.array([0, 1, 5, 6]), sizes, keys_of(4)).tolist() == [1, 6, 11, 56914271]
