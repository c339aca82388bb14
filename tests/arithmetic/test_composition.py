from __future__ import annotations

from typing import Any

import pytest

from exprlearn.arithmetic.bounds import rules_extent
from exprlearn.arithmetic.composition import TermKind, read_steps, stay_whole
from exprlearn.arithmetic.operators import NEGATE
from exprlearn.arithmetic.parsing import BRACKETS
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.counting.chart import DerivationChoice

LITERALS = ("+", "-", "*", "/", "(", ")", " × ", "2")
PLUS, MINUS, TIMES, OVER, OPEN, CLOSE, CROSS, TWO = range(8)
PART = (0, 0)
ATOM, PRODUCT, SUM = TermKind


def choice(before: tuple[int, ...] = (), between: Any = None, after: Any = None) -> DerivationChoice:
    """A choice of no, one or two parts."""
    parts = [(PART, *run) for run in (between, after) if run is not None]
    return DerivationChoice(1, 1, (*before, *(item for part in parts for item in part)))


def test_operators_with_parts_at_their_sides_are_calculations() -> None:
    assert read_steps(choice((), (PLUS,), ()), LITERALS) == (1, 1, "+")


def test_precedence_and_brackets_of_a_choice_are_seen() -> None:
    assert read_steps(choice((), (PLUS, -1, TIMES), ()), LITERALS) == (1, 1, 1, "*", "+")
    assert read_steps(choice((OPEN,), (PLUS, -1, CLOSE, TIMES), ()), LITERALS) == (1, 1, "+", BRACKETS, 1, "*")


def test_a_sign_is_told_from_a_difference() -> None:
    assert read_steps(choice((MINUS,), ()), LITERALS) == (1, NEGATE)
    assert read_steps(choice((), (TIMES, MINUS), ()), LITERALS) == (1, 1, NEGATE, "*")


def test_typographic_signs_mean_the_same() -> None:
    assert read_steps(choice((), (CROSS,), ()), LITERALS) == (1, 1, "*")


@pytest.mark.parametrize(
    "choice",
    [
        choice(),
        choice((PLUS,)),
        choice((), ()[:0], ()),
        choice((), (PLUS,)),
        choice((-1,), ()),
        choice((TWO, PLUS, -1)),
        choice((TWO, -1)),
    ],
    ids=[
        "nothing",
        "a lone sign",
        "parts side by side",
        "half a sum",
        "numbers side by side",
        "a digit as text",
        "a digit beside a number",
    ],
)
def test_what_is_no_whole_expression_is_not_read(choice: DerivationChoice) -> None:
    assert read_steps(choice, LITERALS) is None


@pytest.mark.parametrize(
    ("operation", "left", "right", "whole"),
    [
        ("/", ATOM, ATOM, True),
        ("*", PRODUCT, ATOM, True),
        ("*", ATOM, PRODUCT, False),
        ("*", SUM, ATOM, False),
        ("+", PRODUCT, PRODUCT, True),
        ("-", SUM, ATOM, True),
        ("-", ATOM, SUM, False),
        ("-", ATOM, ATOM | SUM, False),
        (NEGATE, ATOM, ATOM, True),
        (NEGATE, ATOM, PRODUCT, False),
        (NEGATE, ATOM, SUM, False),
    ],
)
def test_a_part_loses_its_value_where_a_neighbour_binds_tighter(
    operation: str, left: TermKind, right: TermKind, whole: bool
) -> None:
    assert stay_whole(operation, left, right) is whole


@pytest.mark.parametrize(
    ("rules", "highest"),
    [
        ('start: part | start "*" N\npart: N | "(" sum ")"\nsum: part "+" part', 8.0),
        ('start: sum | start "*" N\nsum: N "+" N', None),
        ('start: N | "-" N | start "*" N', 8.0),
        ('start: sum | "-" sum\nsum: N "+" N', None),
    ],
)
def test_kinds_pass_through_signs_and_not_through_brackets(rules: str, highest: float | None) -> None:
    sizes = {"terms": (1, 3), "brackets": (0, 1), "operators": (0, 4)}
    space = ExpressionSpace.from_text(f"{rules}\n//@ range=1..2\nN: /[12]/", **sizes)
    found = [rules_extent(stratum) for stratum in space.strata]
    assert (None in found) == (highest is None)
    if highest is not None:
        assert max(extent.high for extent in found if extent is not None) == highest
