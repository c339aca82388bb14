from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.encoding import Alphabet, NumberRows
from exprlearn.errors import EncodingError


@given(st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999))))
def test_one_operator_leaves_the_numbers_scaled_by_the_largest(
    addition: Alphabet, pairs: list[tuple[int, int]]
) -> None:
    rows = NumberRows(addition).rows([f"{first}+{second}" for first, second in pairs])
    assert rows.dtype == np.float32
    assert rows.shape == (len(pairs), 2, 1)
    assert np.rint(rows[:, :, 0] * 999).astype(int).tolist() == [list(pair) for pair in pairs]


def test_fewer_terms_leave_zeros_at_the_start(addition: Alphabet) -> None:
    sums = NumberRows(replace(addition, most_terms=4, most_literals=3, longest_expression=15))
    assert sums.rows(["999+0+999"])[0, :, 0].tolist() == [0, 1, 0, 1]


def test_several_signs_become_steps_of_their_own(mixed: Alphabet) -> None:
    numbers = NumberRows(mixed)
    row = numbers.rows(["(250-125)*1"])[0]
    assert row.shape == (numbers.steps, numbers.features) == (11, 7)
    assert row[:4].any() == False  # noqa: E712
    signs = [mixed.literals[int(step[1:].argmax())] if step[1:].any() else f"{step[0] * 250:.0f}" for step in row[4:]]
    assert signs == ["(", "250", "-", "125", ")", "*", "1"]


def test_words_are_one_step(words: Alphabet) -> None:
    row = NumberRows(words).rows(["99plus0times99"])[0]
    assert row[:, 0].tolist() == [1, 0, 0, 0, 1]
    assert row[:, 1:].sum(axis=1).tolist() == [0, 1, 0, 1, 0]


@given(number=st.integers(0, 2**53), other=st.integers(0, 2**53))
def test_large_numbers_keep_the_precision_of_float32(addition: Alphabet, number: int, other: int) -> None:
    wide = replace(addition, numbers=(0, 2**53), widest_number=16, longest_expression=33)
    row = NumberRows(wide).rows([f"{number}+{other}"])[0, :, 0]
    assert row.tolist() == [np.float32(number / 2**53), np.float32(other / 2**53)]


def test_typed_signs_mean_the_same(mixed: Alphabet) -> None:
    numbers = NumberRows(mixed)
    assert (numbers.rows(["12 × (3 − 4) ÷ 5"]) == numbers.rows(["12*(3-4)/5"])).all()


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1-2", r"'1-2' holds '-', .* may hold 0…9 \+"),
        ("1+1000", r"'1\+1000' holds a number of 4 digits, the widest has 3"),
        ("1+2+3", r"'1\+2\+3' needs 3 steps, a row has 2"),
    ],
)
def test_expressions_of_another_kind_are_refused(addition: Alphabet, expression: str, message: str) -> None:
    with pytest.raises(EncodingError, match=message):
        NumberRows(addition).rows(["1+2", expression])
