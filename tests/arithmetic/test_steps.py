from __future__ import annotations

from fractions import Fraction
from math import gcd

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic.evaluation import Operation
from exprlearn.arithmetic.programs import ADD, DIVIDE, MULTIPLY, NEGATE, NOTHING, SUBTRACT
from exprlearn.arithmetic.steps import SAFE, calculate

SIZES = st.sampled_from([3, 100, 2**20, 2**31, 2**40, SAFE - 1])
Row = tuple[int, Fraction, Fraction]


def true_result(code: int, left: Fraction, right: Fraction, operation: Operation) -> Fraction:
    if code == DIVIDE:
        return Fraction(left // right) if operation == "floor" else left / right
    return {ADD: left + right, SUBTRACT: left - right, MULTIPLY: left * right, NEGATE: -right, NOTHING: right}[code]


@st.composite
def rows(draw: st.DrawFn, whole: bool) -> list[Row]:
    size = draw(SIZES)
    number = st.integers(-size, size)
    below = st.just(1) if whole else st.integers(1, min(size, 1000)) | st.just(1)
    fraction = st.builds(Fraction, number, below)
    codes = st.integers(NOTHING, NEGATE)
    return draw(st.lists(st.tuples(codes, fraction, fraction), min_size=1, max_size=30))


def check(found: list[Row], operation: Operation, are_whole: bool) -> None:
    codes = np.array([code for code, _, _ in found], np.int8)
    left, right = (
        (
            np.array([row[side].numerator for row in found], np.int64),
            np.array([row[side].denominator for row in found], np.int64),
        )
        for side in (1, 2)
    )
    results = calculate(codes, left, right, operation, are_whole=are_whole)
    for place, (code, first, second) in enumerate(found):
        above = int(results.numerators[place])
        below = 1 if results.denominators is None else int(results.denominators[place])
        zero = results.zero is not None and bool(results.zero[place])
        assert zero == (code == DIVIDE and second == 0)
        assert below > 0
        if zero or code == NOTHING:
            continue
        if results.fits is not None and not results.fits[place]:
            assert (
                max(abs(first.numerator), first.denominator) * max(abs(second.numerator), second.denominator) * 2
                >= SAFE
            )
            continue
        assert (above, below) == true_result(code, first, second, operation).as_integer_ratio()
        assert gcd(above, below) == 1


@given(rows(whole=True))
def test_whole_numbers_are_calculated_exactly_or_marked(found: list[Row]) -> None:
    check(found, "exact", True)
    check(found, "exact", False)


@given(rows(whole=False))
def test_fractions_are_calculated_exactly_or_marked(found: list[Row]) -> None:
    check(found, "exact", False)


@given(rows(whole=True))
def test_whole_numbers_are_divided_rounding_down(found: list[Row]) -> None:
    check(found, "floor", True)


@pytest.mark.parametrize("code", [ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE])
def test_what_does_not_fit_is_marked_and_nothing_else_is(code: int) -> None:
    codes, ones = np.full(2, code, np.int8), np.ones(2, np.int64)
    left, right = (np.array([SAFE - 1, 5]), ones), (np.array([SAFE - 1, -5]), np.array([SAFE - 1, 1]))
    results = calculate(codes, left, right, "exact", are_whole=False)
    fits = [True, True] if results.fits is None else results.fits.tolist()
    assert fits == [code == NEGATE, True]


def test_overflow_is_told_apart_at_the_edge() -> None:
    edge, one = np.array([SAFE - 1, -(SAFE - 1), SAFE // 2]), np.ones(3, np.int64)

    def fits(code: int, right: np.ndarray) -> list[bool]:
        results = calculate(np.full(3, code, np.int8), (edge, one), (right, one), "exact", are_whole=False)
        return [True] * 3 if results.fits is None else results.fits.tolist()

    assert fits(ADD, np.zeros(3, np.int64)) == [True] * 3
    assert fits(ADD, edge) == fits(MULTIPLY, 2 * one) == [False] * 3
