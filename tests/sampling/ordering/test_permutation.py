from __future__ import annotations

from itertools import pairwise
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from exprlearn.errors import SizeError
from exprlearn.sampling.ordering.feistel import join_arrays
from exprlearn.sampling.ordering.permutation import (
    LimbFeistel,
    Permutation,
    ShuffledTable,
    SquareFeistel,
    keyed_permutation,
)

SMALL, MIDDLE, LARGE, HUGE = (4, 9, 9), (64, 99, 99), (21_504, *(999,) * 6), (10**6, *(999,) * 14)


def z_score(counts: NDArray[np.int64], sampled: float = 0.0) -> float:
    """Compare counts with equal shares: chi-square in standard deviations, given the share of the space that was drawn.

    Counts of a draw without repeats spread less: by a factor of one minus that share.
    """
    expected = counts.sum() / counts.size
    squares = float(((counts - expected) ** 2 / expected).sum()) / (1 - sampled)
    return (squares - (counts.size - 1)) / float(np.sqrt(2 * (counts.size - 1)))


def drawn(order: Permutation, positions: NDArray[np.int64]) -> list[int]:
    return join_arrays(order.indices(positions), order.limb_sizes)


def test_the_size_decides_how_an_order_is_made() -> None:
    kinds = [type(keyed_permutation(radices, 0)) for radices in (SMALL, MIDDLE, LARGE, HUGE)]
    assert kinds == [ShuffledTable, SquareFeistel, LimbFeistel, LimbFeistel]
    assert [len(keyed_permutation(radices, 0).limb_sizes) for radices in (SMALL, MIDDLE, LARGE, HUGE)] == [1, 1, 2, 4]


@pytest.mark.parametrize("radices", [(1,), (2,), SMALL, (65_535,), (65_536,), (65_537,), (100_003,), MIDDLE])
def test_a_pass_draws_every_index_once_and_the_next_in_another_order(radices: tuple[int, ...]) -> None:
    order = keyed_permutation(radices, 3, "train")
    positions = np.arange(2 * order.size)
    first, second = np.array(drawn(order, positions)).reshape(2, -1)
    assert np.array_equal(np.sort(first), np.arange(order.size))
    assert np.array_equal(np.sort(second), np.arange(order.size))
    assert order.size < 10 or not np.array_equal(first, second)


@pytest.mark.parametrize("radices", [SMALL, MIDDLE, (2**63 - 1,), (3, 2**61), LARGE, HUGE])
def test_arrays_are_drawn_like_single_positions_and_back(radices: tuple[int, ...]) -> None:
    order = keyed_permutation(radices, 5)
    far = [0, 1, 2, 323, 324, 1_000, 627_263, 627_264, 2**62, 2**63 - 2]
    single = [order.index(position) for position in far]
    assert drawn(order, np.array(far)) == single
    assert [order.position(index, position // order.size) for index, position in zip(single, far, strict=True)] == far


@given(st.lists(st.integers(1, 10**18), min_size=1, max_size=7), st.integers(0, 2**32), st.data())
def test_positions_are_found_from_indices(radices: list[int], seed: int, data: st.DataObject) -> None:
    order = keyed_permutation(tuple(radices), seed)
    position = data.draw(st.integers(0, 3 * prod(radices)))
    index = order.index(position)
    assert 0 <= index < order.size
    assert order.position(index, position // order.size) == position


def test_an_order_can_be_made_for_more_skeletons_than_64_bits_hold() -> None:
    order = keyed_permutation((2**70, 10), 0)
    assert [order.position(order.index(position)) for position in (0, 1, 2**72)] == [0, 1, 2**72]


@pytest.mark.parametrize(
    ("radices", "first"),
    [
        (SMALL, [323, 246, 194]),
        (MIDDLE, [29997, 377127, 600248]),
        (LARGE, [19598393078404799090581, 13503171967571421078220, 3640631100025090698773]),
        (
            HUGE,
            [
                171002002270548899126414103431831569716975151996,
                745159858565634896060698057716656147331424742930,
                203559133086876158082822191339578960969767195045,
            ],
        ),
    ],
)
def test_orders_are_frozen(radices: tuple[int, ...], first: list[int]) -> None:
    order = keyed_permutation(radices, 0, "train")
    assert [order.index(position) for position in range(3)] == first


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(SizeError, match="without expressions"):
        keyed_permutation((0, 9), 1)


def test_other_seeds_give_orders_that_share_no_more_than_chance() -> None:
    positions = np.arange(20_000)
    one, other = (drawn(keyed_permutation(MIDDLE, seed), positions) for seed in (42, 43))
    shared, expected = len({*one} & {*other}), 20_000**2 / prod(MIDDLE)
    assert abs(shared - expected) < 4 * np.sqrt(expected)


@pytest.mark.parametrize("radices", [(64, 99, 99), (320, 9, 9, 9, 9), (21_504, *(99,) * 6)])
def test_skeletons_slots_and_pairs_are_drawn_evenly(radices: tuple[int, ...]) -> None:
    order = keyed_permutation(radices, 11, "even")
    count = min(200_000, order.size // 3)
    indices = drawn(order, np.arange(count))
    pairs = np.array([index % (radices[-1] * radices[-2]) for index in indices])
    skeletons = np.array([index // prod(radices[1:]) for index in indices])
    share = count / order.size
    assert abs(z_score(np.bincount(pairs, minlength=radices[-1] * radices[-2]), share)) < 4
    assert abs(z_score(np.bincount(skeletons % 64, minlength=64), share)) < 4


@pytest.mark.parametrize("radices", [(70_000,), MIDDLE, LARGE])
def test_successive_draws_are_unrelated(radices: tuple[int, ...]) -> None:
    sums = []
    for seed in range(20):
        order = keyed_permutation(radices, seed, "successive")
        indices = drawn(order, np.arange(20_001))
        cells = np.array([(later - sooner) % order.size * 50 // order.size for sooner, later in pairwise(indices)])
        sums.append(z_score(np.bincount(cells, minlength=50)))
    assert abs(np.mean(sums)) < 4 / np.sqrt(20)


def test_small_orders_are_drawn_evenly_over_seeds() -> None:
    firsts = [
        keyed_permutation((12,), seed).index(0) * 12 + keyed_permutation((12,), seed).index(1) for seed in range(6_600)
    ]
    pairs = np.bincount(firsts, minlength=144).reshape(12, 12)
    assert not np.diagonal(pairs).any()
    assert abs(z_score(pairs[~np.eye(12, dtype=bool)])) < 4
