from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.sampling.digit_pieces import digit_pieces
from exprlearn.sampling.packing import Packer

WIDEST = 2**63 - 1


def written(numbers: list[int], largest: int) -> list[str]:
    packer = Packer(len(numbers), len(str(largest)))
    for column in digit_pieces(np.array(numbers, np.int64), largest):
        packer.add(column)
    return [bytes(row).rstrip(bytes(1)).decode() for row in packer.bytes()]


@settings(deadline=None)
@given(st.lists(st.integers(0, WIDEST), min_size=1), st.integers(0, WIDEST))
def test_numbers_are_written_without_zeros_in_front(numbers: list[int], more: int) -> None:
    largest = max(*numbers, more)
    assert written(numbers, largest) == list(map(str, numbers))


@pytest.mark.parametrize("power", range(1, 19))
def test_numbers_around_powers_of_ten_are_written(power: int) -> None:
    numbers = [0, 1, 10**power - 1, 10**power, 10**power + 1]
    for largest in (numbers[-1], WIDEST):
        assert written(numbers, largest) == list(map(str, numbers))
