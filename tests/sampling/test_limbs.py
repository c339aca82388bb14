from __future__ import annotations

from math import prod

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.sampling.limbs import (
    LIMB_BOUND,
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
