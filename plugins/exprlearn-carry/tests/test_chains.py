from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn_carry.chains import carried, carries, longest_chain, longest_chains

NUMBERS = st.integers(0, 10**15)
ROWS = st.integers(1, 4).flatmap(lambda terms: st.lists(st.lists(NUMBERS, min_size=terms, max_size=terms), min_size=1))


@given(ROWS)
def test_rows_have_the_chains_of_each_sum(rows: list[list[int]]) -> None:
    assert longest_chains(np.array(rows)).tolist() == [longest_chain(row) for row in rows]


@given(NUMBERS, NUMBERS)
def test_each_carry_lowers_the_sum_of_the_digits_by_nine(left: int, right: int) -> None:
    digits = [sum(map(int, str(number))) for number in (left, right, left + right)]
    assert 9 * carries([left, right]) == digits[0] + digits[1] - digits[2]


@given(NUMBERS, NUMBERS)
def test_what_is_carried_is_what_the_columns_lack(left: int, right: int) -> None:
    above = int(carried(left, right).replace(" ", "0"))
    columns = max(len(str(left)), len(str(right))) + 1
    for column in range(columns):
        digits = [number // 10**column % 10 for number in (left, right, above, left + right)]
        assert sum(digits[:3]) % 10 == digits[3]


@pytest.mark.parametrize(
    ("numbers", "chain"), [([999, 1], 3), ([505, 505], 1), ([95, 5, 90], 2), ([7], 0), ([0, 0], 0)]
)
def test_the_longest_chain_is_that_of_neighbours(numbers: list[int], chain: int) -> None:
    assert longest_chain(numbers) == chain
