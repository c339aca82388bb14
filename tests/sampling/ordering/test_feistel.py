from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.sampling.ordering.feistel import (
    LIMB_BOUND,
    Feistel,
    join_arrays,
    join_number,
    limb_groups,
    limb_sizes,
    split_array,
    split_number,
    split_objects,
)

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
def test_arrays_are_mapped_like_single_numbers_and_back(sizes: tuple[int, ...], key: int, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(*(st.integers(0, size - 1) for size in sizes)), min_size=1, max_size=4))
    network = Feistel(sizes, key)
    limbs = tuple(np.array(column, np.int64) for column in zip(*rows, strict=True))
    mapped = network.forward(limbs)
    assert list(zip(*(limb.tolist() for limb in mapped), strict=True)) == [network.forward_scalar(row) for row in rows]
    assert [network.inverse_scalar(network.forward_scalar(row)) for row in rows] == rows


@given(st.tuples(st.integers(2**63, 2**200), st.integers(1, 2**200)), KEYS, st.data())
def test_single_numbers_may_have_limbs_past_64_bits(sizes: tuple[int, int], key: int, data: st.DataObject) -> None:
    limbs = tuple(data.draw(st.integers(0, size - 1)) for size in sizes)
    network = Feistel(sizes, key)
    mapped = network.forward_scalar(limbs)
    assert all(0 <= limb < size for limb, size in zip(mapped, sizes, strict=True))
    assert network.inverse_scalar(mapped) == limbs


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
