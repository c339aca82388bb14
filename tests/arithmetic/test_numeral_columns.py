from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic.numeral_columns import write_fractions, write_integers
from exprlearn.arithmetic.values import SAFE

EDGES = [sign * (10**power + step) for power in range(18) for step in (-1, 0, 1) for sign in (1, -1)]
ANY = st.integers(-(2**62), 2**62) | st.integers(-(10**9), 10**9) | st.integers(-99, 99)


@pytest.mark.parametrize("largest", [0, 9, 10, 10**7 - 1, 10**7, 10**8 - 1, 10**8, 10**14 - 1, 10**14, 10**15, 2**62])
def test_every_length_is_written_as_python_writes_it(largest: int) -> None:
    numbers = [number for number in EDGES if abs(number) <= largest] + [largest, 0]
    assert write_integers(np.array(numbers)).tolist() == list(map(str, numbers))
    positive = [abs(number) for number in numbers]
    assert write_integers(np.array(positive)).tolist() == list(map(str, positive))


@given(st.lists(ANY))
def test_columns_are_written_as_python_writes_each_number(numbers: list[int]) -> None:
    written = write_integers(np.array(numbers, np.int64))
    assert written.tolist() == list(map(str, numbers))
    assert written.dtype.itemsize // 4 == max([len(str(number)) for number in numbers], default=1)


@given(st.lists(st.tuples(ANY, st.just(1) | st.integers(1, SAFE) | st.integers(1, 1000)), min_size=1))
def test_fractions_are_written_as_python_writes_them(pairs: list[tuple[int, int]]) -> None:
    above, below = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    expected = [str(first) if second == 1 else f"{first}/{second}" for first, second in pairs]
    written = write_fractions(above, below)
    assert written.tolist() == expected
    assert written.dtype.itemsize // 4 == max(map(len, expected))
