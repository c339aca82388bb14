from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic import Operation, block_values, calculations, compile_skeletons, parse
from exprlearn.arithmetic.carries import Carries, carry_columns, count_block_carries, count_carries


def carries_on_paper(left: str, right: str) -> int:
    carry = count = 0
    for one, other in zip(reversed(left.zfill(40)), reversed(right.zfill(40)), strict=True):
        carry = (int(one) + int(other) + carry) // 10
        count += carry
    return count


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_carries_and_borrows_are_those_on_paper(one: int, other: int) -> None:
    assert sum(carry_columns(one, other)) == carries_on_paper(str(one), str(other))
    assert carry_columns(-one, -other) == carry_columns(one, other)
    assert len(carry_columns(one, -other)) == len(str(max(one, other)))
    large, small = max(one, other), min(one, other)
    # Checking a subtraction by adding back carries wherever the subtraction borrowed.
    assert sum(carry_columns(large, -small)) == carries_on_paper(str(large - small), str(small))


@pytest.mark.parametrize("operation", ["exact", "floor"])
@pytest.mark.parametrize("high", [9, 999, 10**11])
def test_blocks_carry_as_their_expressions_do(
    four_terms: Any, make_block: Any, high: int, operation: Operation
) -> None:
    block = make_block(four_terms, 300, 0, high)
    values = block_values(block, compile_skeletons(four_terms), operation)
    columns = np.stack(count_block_carries(values), axis=1).tolist()
    for row in np.flatnonzero(values.defined & values.fits).tolist():
        text = str(block.expressions[row])
        assert columns[row] == list(count_carries(calculations(parse(text), operation=operation))), text


def test_products_quotients_and_fractions_carry_nothing() -> None:
    assert count_carries(calculations(parse("99*99/7+99"))) == Carries(0, 0, 0)
