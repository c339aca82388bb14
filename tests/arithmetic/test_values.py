from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from exprlearn.arithmetic import UNLIMITED, Operation, block_values, compile_skeletons, evaluate
from exprlearn.arithmetic.steps import SAFE
from exprlearn.errors import DivisionByZero, GrammarError


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


@pytest.mark.parametrize("pattern", ["#+", "(#", "#)", "#(#)", "#**#", ")#(", "#=#", "# #", "#.#"])
def test_a_skeleton_that_is_no_arithmetic_is_shown(make_table: Any, pattern: str) -> None:
    with pytest.raises(GrammarError) as caught:
        compile_skeletons(make_table(["#+#"[: pattern.count("#") * 2 - 1], pattern]))
    assert f"'{pattern}'" in str(caught.value)
