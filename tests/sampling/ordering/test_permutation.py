from __future__ import annotations

from itertools import pairwise
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from exprlearn.errors import SizeError
from exprlearn.sampling.ordering.permutation import (
    LIMB_BOUND,
    TABLE_BOUND,
    Feistel,
    KeyedPermutation,
    join_arrays,
    join_number,
    keyed_permutation,
    limb_groups,
    limb_sizes,
    split_array,
    split_number,
    split_objects,
)

SMALL, MIDDLE, LARGE, HUGE = (4, 9, 9), (64, 99, 99), (21_504, *(999,) * 6), (10**6, *(999,) * 14)


def z_score(counts: NDArray[np.int64], sampled: float = 0.0) -> float:
    """Compare counts with equal shares: chi-square in standard deviations, given the share of the space that was drawn.

    Counts of a draw without repeats spread less: by a factor of one minus that share.
    """
    expected = counts.sum() / counts.size
    squares = float(((counts - expected) ** 2 / expected).sum()) / (1 - sampled)
    return (squares - (counts.size - 1)) / float(np.sqrt(2 * (counts.size - 1)))


def drawn(order: KeyedPermutation, positions: NDArray[np.int64]) -> list[int]:
    return join_arrays(order.indices(positions), order.limb_sizes)


def test_the_size_decides_how_an_order_is_made() -> None:
    sizes = [keyed_permutation(radices, 0).limb_sizes for radices in (SMALL, MIDDLE, LARGE, HUGE)]
    assert [len(limbs) for limbs in sizes] == [1, 1, 2, 4]
    assert prod(SMALL) < TABLE_BOUND <= prod(MIDDLE) < LIMB_BOUND <= prod(LARGE)


@pytest.mark.parametrize("radices", [(1,), (2,), SMALL, (65_535,), (65_536,), (65_537,), (100_003,), MIDDLE])
def test_a_pass_draws_every_index_once_and_the_next_in_another_order(radices: tuple[int, ...]) -> None:
    order = keyed_permutation(radices, 3, "train")
    positions = np.arange(2 * order.size)
    first, second = np.array(drawn(order, positions)).reshape(2, -1)
    assert np.array_equal(np.sort(first), np.arange(order.size))
    assert np.array_equal(np.sort(second), np.arange(order.size))
    assert order.size < 10 or not np.array_equal(first, second)


@pytest.mark.parametrize("radices", [SMALL, MIDDLE, (2**63 - 1,), (3, 2**61), LARGE, HUGE])
def test_arrays_are_drawn_like_single_positions(radices: tuple[int, ...]) -> None:
    order = keyed_permutation(radices, 5)
    far = [0, 1, 2, 323, 324, 1_000, 627_263, 627_264, 2**62, 2**63 - 2]
    single = [order.index(position) for position in far]
    assert drawn(order, np.array(far)) == single


@pytest.mark.parametrize("radices", [SMALL, (65_535,), MIDDLE, LARGE, HUGE, (2**70,)])
def test_no_positions_have_no_indices(radices: tuple[int, ...]) -> None:
    assert drawn(keyed_permutation(radices, 5), np.arange(0)) == []


@given(st.lists(st.integers(1, 10**18), min_size=1, max_size=7), st.integers(0, 2**32), st.data())
def test_two_positions_of_a_pass_have_two_indices(radices: list[int], seed: int, data: st.DataObject) -> None:
    order = keyed_permutation(tuple(radices), seed)
    passed = data.draw(st.integers(0, 3)) * order.size
    one, other = (data.draw(st.integers(0, order.size - 1)) for _ in range(2))
    indices = [order.index(passed + offset) for offset in (one, other)]
    assert all(0 <= index < order.size for index in indices)
    assert (indices[0] == indices[1]) == (one == other)


def test_an_order_can_be_made_for_more_skeletons_than_64_bits_hold() -> None:
    order = keyed_permutation((2**70, 10), 0)
    indices = [order.index(position) for position in (0, 1, 2**72)]
    assert len(set(indices)) == 3
    assert max(indices) < 10 * 2**70


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


RADICES = st.lists(st.integers(1, 10**18), min_size=1, max_size=6)


@given(RADICES)
def test_groups_keep_the_radices_in_order_and_fit_a_limb(radices: list[int]) -> None:
    groups = limb_groups(radices)
    assert [radix for group in groups for radix in group] == radices
    assert all(prod(group) < LIMB_BOUND for group in groups)


@given(RADICES, st.data())
def test_numbers_are_joined_back_from_their_digits(radices: list[int], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, prod(radices) - 1))
    digits = split_number(number, radices)
    assert all(0 <= digit < radix for digit, radix in zip(digits, radices, strict=True))
    assert join_number(digits, radices) == number


@given(RADICES, st.data())
def test_arrays_are_split_like_single_numbers(radices: list[int], data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(0, min(prod(radices), 2**63) - 1), min_size=1, max_size=5))
    expected = [split_number(number, radices) for number in numbers]
    assert list(zip(*(limb.tolist() for limb in split_array(np.array(numbers), radices)), strict=True)) == expected


@given(RADICES, st.data())
def test_numbers_past_64_bits_survive_their_limbs(radices: list[int], data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(0, prod(radices) - 1), min_size=1, max_size=5))
    sizes = limb_sizes(radices)
    assert join_arrays(split_objects(numbers, sizes), sizes) == numbers


def test_a_lone_radix_past_64_bits_is_left_whole() -> None:
    assert limb_groups((2**70, 10)) == ((2**70,), (10,))


KEYS = st.integers(0, 2**64 - 1)
SIZES = st.lists(st.integers(1, 2**63 - 1), min_size=2, max_size=4).map(tuple)


@pytest.mark.parametrize("sizes", [(18, 18), (7, 300), (648, 648), (5, 6, 7), (2, 3, 4, 5)])
def test_small_domains_are_mapped_one_to_one(sizes: tuple[int, ...]) -> None:
    total = int(np.prod(sizes))
    network = Feistel(sizes, key=12345)
    limbs = network.forward(split_array(np.arange(total), sizes))
    assert all((limb >= 0).all() and (limb < size).all() for limb, size in zip(limbs, sizes, strict=True))
    mapped = np.ravel_multi_index(limbs, sizes)
    assert np.array_equal(np.sort(mapped), np.arange(total))


@given(SIZES, KEYS, st.data())
def test_arrays_are_mapped_like_single_numbers(sizes: tuple[int, ...], key: int, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(*(st.integers(0, size - 1) for size in sizes)), min_size=1, max_size=4))
    network = Feistel(sizes, key)
    limbs = tuple(np.array(column, np.int64) for column in zip(*rows, strict=True))
    mapped = network.forward(limbs)
    assert list(zip(*(limb.tolist() for limb in mapped), strict=True)) == [network.forward_scalar(row) for row in rows]


@given(st.tuples(st.integers(2**63, 2**200), st.integers(1, 2**200)), KEYS, st.data())
def test_single_numbers_may_have_limbs_past_64_bits(sizes: tuple[int, int], key: int, data: st.DataObject) -> None:
    limbs = tuple(data.draw(st.integers(0, size - 1)) for size in sizes)
    network = Feistel(sizes, key)
    mapped = network.forward_scalar(limbs)
    assert all(0 <= limb < size for limb, size in zip(mapped, sizes, strict=True))
    assert network.forward_scalar((limbs[0], (limbs[1] + 1) % sizes[1])) != mapped or sizes[1] == 1


def test_networks_are_frozen() -> None:
    assert Feistel((10**6, 10**6), key=1).forward_scalar((0, 1)) == (78489, 133280)
    assert Feistel((10**18, 10**18), key=2).forward_scalar((0, 1)) == (4973150546805191, 890188385613725426)
    assert Feistel((10**6, 10**7, 10**8), key=3).forward_scalar((0, 1, 2)) == (444087, 6882780, 8560507)


def test_a_small_limb_still_moves_a_large_one_everywhere() -> None:
    network = Feistel((4, 10**12), key=5)
    numbers = np.arange(100_000)
    _, mapped = network.forward((np.zeros_like(numbers), numbers))
    counts = np.bincount(mapped * 100 // 10**12, minlength=100)
    squares = float(((counts - 1_000) ** 2 / 1_000).sum())
    assert abs(squares - 99) / np.sqrt(2 * 99) < 4
