from __future__ import annotations

from typing import Any

import pytest

from exprlearn.arithmetic.composition import TermKind, read_pattern, stays_whole
from exprlearn.arithmetic.programs import ADD, MULTIPLY, NEGATE
from exprlearn.sampling.counting.chart import DerivationChoice

LITERALS = ("+", "-", "*", "/", "(", ")", " × ", "2")
PLUS, MINUS, TIMES, OVER, OPEN, CLOSE, CROSS, TWO = range(8)
PART = (0, 0)


def choice(before: tuple[int, ...] = (), between: Any = None, after: Any = None) -> DerivationChoice:
    """A choice of no, one or two parts."""
    parts = [(PART, *run) for run in (between, after) if run is not None]
    return DerivationChoice(1, 1, (*before, *(item for part in parts for item in part)))


def test_operators_with_parts_at_their_sides_are_calculations() -> None:
    pattern = read_pattern(choice((), (PLUS,), ()), LITERALS)
    assert pattern is not None
    assert (pattern.steps, pattern.result) == (((ADD, 0, 1),), 2)
    assert pattern.beside == (("", "+"), ("+", ""))


def test_precedence_and_brackets_of_a_choice_are_seen() -> None:
    plain = read_pattern(choice((), (PLUS, -1, TIMES), ()), LITERALS)
    grouped = read_pattern(choice((OPEN,), (PLUS, -1, CLOSE, TIMES), ()), LITERALS)
    assert plain is not None
    assert grouped is not None
    assert [code for code, _, _ in plain.steps] == [MULTIPLY, ADD]
    assert [code for code, _, _ in grouped.steps] == [ADD, MULTIPLY]
    assert (plain.outer, grouped.outer) == (TermKind.SUM | TermKind.PRODUCT, TermKind.PRODUCT)


def test_a_sign_is_told_from_a_difference() -> None:
    signed = read_pattern(choice((MINUS,), ()), LITERALS)
    behind = read_pattern(choice((), (TIMES, MINUS), ()), LITERALS)
    assert signed is not None
    assert behind is not None
    assert [code for code, _, _ in signed.steps] == [NEGATE]
    assert signed.beside == (("sign", ""),)
    assert behind.beside == (("", "*"), ("sign", ""))


def test_typographic_signs_mean_the_same() -> None:
    pattern = read_pattern(choice((), (CROSS,), ()), LITERALS)
    assert pattern is not None
    assert (pattern.outer, pattern.beside[0]) == (TermKind.PRODUCT, ("", "*"))


@pytest.mark.parametrize(
    "choice",
    [
        choice(),
        choice((PLUS,)),
        choice((), ()[:0], ()),
        choice((), (PLUS,)),
        choice((-1,), ()),
        choice((TWO, PLUS, -1)),
    ],
    ids=["nothing", "a lone sign", "parts side by side", "half a sum", "numbers side by side", "a digit as text"],
)
def test_what_is_no_whole_expression_is_not_read(choice: DerivationChoice) -> None:
    assert read_pattern(choice, LITERALS) is None


@pytest.mark.parametrize(
    ("kinds", "beside", "whole"),
    [
        (TermKind.ATOM, ("/", "*"), True),
        (TermKind.ATOM, ("sign", ""), True),
        (TermKind.PRODUCT, ("+", "/"), True),
        (TermKind.PRODUCT, ("*", ""), False),
        (TermKind.PRODUCT, ("sign", ""), False),
        (TermKind.SUM, ("", "-"), True),
        (TermKind.SUM, ("", "*"), False),
        (TermKind.SUM, ("-", ""), False),
        (TermKind.ATOM | TermKind.SUM, ("-", ""), False),
    ],
)
def test_a_part_loses_its_value_where_a_neighbour_binds_tighter(
    kinds: TermKind, beside: tuple[str, str], whole: bool
) -> None:
    assert stays_whole(kinds, beside) is whole


def test_kinds_pass_through_signs_and_not_through_brackets() -> None:
    signed, bracketed = read_pattern(choice((MINUS,), ()), LITERALS), read_pattern(choice((OPEN,), (CLOSE,)), LITERALS)
    assert signed is not None
    assert bracketed is not None
    assert signed.kinds([TermKind.ATOM]) == TermKind.ATOM
    assert signed.kinds([TermKind.SUM]) is None
    assert bracketed.kinds([TermKind.SUM]) == TermKind.ATOM
