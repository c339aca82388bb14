from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic import UNLIMITED, Operation, block_values, compile_skeletons, evaluate
from exprlearn.arithmetic.programs import ADD, DIVIDE, MULTIPLY, NEGATE, NOTHING, SUBTRACT
from exprlearn.arithmetic.values import SAFE, calculate
from exprlearn.errors import DivisionByZero, GrammarError

SIZES = st.sampled_from([3, 100, 2**20, 2**31, 2**40, SAFE - 1])
Row = tuple[int, Fraction, Fraction]


def value_by_text(text: str, operation: Operation) -> Fraction | None:
    try:
        return evaluate(text, operation=operation, limits=UNLIMITED)
    except DivisionByZero:
        return None


@pytest.mark.parametrize("operation", ["exact", "floor"])
@pytest.mark.parametrize(
    ("low", "high"), [(0, 2), (1, 9), (-20, 20), (0, 99_999), (0, 10**9), (-(10**13), 10**13), (SAFE - 9, SAFE + 9)]
)
def test_block_values_are_those_of_the_text(
    four_terms: Any, make_block: Any, operation: Operation, low: int, high: int
) -> None:
    block = make_block(four_terms, 1500, low, high)
    values = block_values(block, compile_skeletons(four_terms), operation)
    expected = [value_by_text(text, operation) for text in block.expressions.tolist()]
    assert [values.fraction(row) for row in range(len(values))] == expected
    assert values.defined.tolist() == [value is not None for value in expected]
    assert values.fits.tolist() == [row not in values.exact for row in range(len(values))]


def test_rows_beyond_the_range_of_int64_are_redone_exactly(four_terms: Any, make_block: Any) -> None:
    values = block_values(make_block(four_terms, 500, 10**12, 10**13), compile_skeletons(four_terms))
    largest = max(abs(value.numerator) for value in values.exact.values() if value is not None)
    assert len(values.exact) > 100
    assert largest > 2**64


def test_columns_hold_values_in_lowest_terms(four_terms: Any, make_block: Any) -> None:
    values = block_values(make_block(four_terms, 2000, -9, 9), compile_skeletons(four_terms))
    assert (values.denominators > 0).all()
    assert (np.gcd(values.numerators, values.denominators) == 1).all()
    assert (values.working.denominators > 0).all()


def test_every_register_holds_an_intermediate_value(make_table: Any, make_block: Any) -> None:
    table = make_table(["(#+#)*#/#"])
    block = make_block(table, 1, 2, 7, seed=3)
    working = block_values(block, compile_skeletons(table)).working
    a, b, c, d = block.numbers[0].tolist()
    expected = [a, b, c, d, a + b, (a + b) * c, Fraction((a + b) * c, d)]
    found = zip(working.numerators[:, 0].tolist(), working.denominators[:, 0].tolist(), strict=True)
    assert [Fraction(*pair) for pair in found] == expected


def test_a_lone_number_and_bare_brackets_are_programs_without_steps(make_table: Any, make_block: Any) -> None:
    table = make_table(["#", "(#)", "((#))", "+#", "-(#)"])
    block = make_block(table, 100, 0, 99)
    values = block_values(block, compile_skeletons(table))
    assert [values.fraction(row) for row in range(100)] == [evaluate(text) for text in block.expressions.tolist()]


@pytest.mark.parametrize("literals", [("−", "×", "÷", "(", ")"), (" - ", " * ", " / ", "( ", " )")])
def test_typographic_signs_and_blanks_in_literals_are_understood(
    make_table: Any, make_block: Any, literals: tuple[str, ...]
) -> None:
    table = make_table(["#-(#*#)/#", "(#-#)/(#*#)"], list("-*/()"))
    block = make_block(table, 200, 1, 99)
    values = block_values(block, compile_skeletons(table))
    table.literals = literals
    assert not compile_skeletons(table).by_text.any()
    again = block_values(block, compile_skeletons(table))
    assert [again.fraction(row) for row in range(200)] == [values.fraction(row) for row in range(200)]


@pytest.mark.parametrize("patterns", [["2*#", "#+10"], ["#0", "1#"], ["##", "#-"[:1] + "0"]])
def test_literals_with_digits_are_read_as_the_text_reads(make_table: Any, make_block: Any, patterns: list[str]) -> None:
    patterns = [pattern for pattern in patterns if pattern.count("#") == patterns[0].count("#")]
    table = make_table(patterns)
    block = make_block(table, 60, 0, 99)
    programs = compile_skeletons(table)
    values = block_values(block, programs)
    assert programs.by_text.all()
    assert [values.fraction(row) for row in range(60)] == [evaluate(text) for text in block.expressions.tolist()]


@pytest.mark.parametrize("pattern", ["#+", "(#", "#)", "#(#)", "#**#", ")#(", "#=#", "# #", "#,#"])
def test_a_skeleton_that_is_no_arithmetic_is_shown(make_table: Any, pattern: str) -> None:
    with pytest.raises(GrammarError) as caught:
        compile_skeletons(make_table(["#+#"[: pattern.count("#") * 2 - 1], pattern]))
    assert f"'{pattern}'" in str(caught.value)


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
