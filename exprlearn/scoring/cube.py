"""The generalisation cube: what a model gets right by digits × terms × depth × operators, in its training and beyond.

A cell is asked expressions drawn evenly from all it has, none of which a training by content may draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import product
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset import Answering, Examples, Level, split_of
from exprlearn.dataset.drawing import ByContent
from exprlearn.errors import DataError, EvaluationError
from exprlearn.intervals import Interval
from exprlearn.plugin import Division
from exprlearn.plugin.kinds.drawing import DrawingContext
from exprlearn.sampling import ExpressionSpace
from exprlearn.scoring.breakdown import OPERATOR, depth

#: Whether a training may draw expressions of a cell: all that were looked at, some, or none.
Mark = Literal["in", "partly", "out"]

#: Exact match that a cell needs to count as mastered.
THRESHOLD = 0.9
#: The reason of cells that have no examples under the division policy.
NO_EXAMPLES = "no examples found"
#: Numbers of more digits do not fit the machine's integers: such expressions are made one by one.
MOST_DIGITS = 17
SIGNS = "+-*/"

_PURPOSE = int.from_bytes(b"cube")
_PATIENCE = 200


class Coordinates(NamedTuple):
    """A cell's coordinates: digits of every number, how many numbers, how deep brackets nest, and the operators.

    These are `+`, `-`, `*` or `/`, or several of them joined by blanks, of which each expression has at least two.
    """

    digits: int
    terms: int
    depth: int
    operators: str

    @property
    def signs(self) -> tuple[str, ...]:
        """The operators one by one."""
        return tuple(self.operators.split())

    @property
    def is_possible(self) -> bool:
        """Tell whether there are such expressions: brackets hold a calculation, and stand within one."""
        return self.terms >= self.depth + 2 and self.terms > len(self.signs[:2])

    def __str__(self) -> str:
        return f"{self.digits} digits, {self.terms} terms, depth {self.depth}, {self.operators}"


@dataclass(frozen=True)
class Axes:
    """The coordinates of a cube, as `Coordinates` says them: all combinations that have expressions."""

    digits: Sequence[int]
    terms: Sequence[int]
    depth: Sequence[int]
    operators: Sequence[str]

    def coordinates(self) -> Iterator[Coordinates]:
        """Yield the coordinates of every cell that has expressions.

        >>> [str(cell) for cell in Axes([1], [2, 3], [0, 1], ["+"]).coordinates()]
        ['1 digits, 2 terms, depth 0, +', '1 digits, 3 terms, depth 0, +', '1 digits, 3 terms, depth 1, +']
        """
        cells = map(Coordinates._make, product(self.digits, self.terms, self.depth, self.operators))
        yield from (cell for cell in cells if cell.is_possible)


def operator_sets(signs: str) -> list[str]:
    """List each of `+ - * /` alone, then all that a training has, together, when they are several.

    >>> operator_sets("+-"), operator_sets("+")
    (['+', '-', '*', '/', '+ -'], ['+', '-', '*', '/'])
    """
    learned = [sign for sign in SIGNS if sign in signs]
    return [*SIGNS, *([" ".join(learned)] if len(learned) > 1 else [])]


@dataclass(frozen=True)
class Cell:
    """One cell: whether training may draw its expressions, and the exact match of those asked, or why none were."""

    coordinates: Coordinates
    mark: Mark
    exact_match: Interval | None
    reason: str = ""

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        exact = self.exact_match and asdict(self.exact_match)
        return {**self.coordinates._asdict(), "distribution": self.mark, "exact_match": exact, "reason": self.reason}


@dataclass(frozen=True)
class Frontier:
    """How many cells are mastered: the volume of the cube in which a model works.

    Attributes:
        value: cells whose exact match reaches the threshold; `low`: whose whole interval does, `high`: any of it.
        of: all cells that have examples, those included that the model cannot be asked.
    """

    value: int
    low: int
    high: int
    of: int


@dataclass(frozen=True)
class Cube:
    """All cells, in the order of their coordinates, and the exact match that a mastered one needs."""

    axes: Axes
    cells: Sequence[Cell]
    threshold: float = THRESHOLD

    def frontier(self, *marks: Mark) -> Frontier:
        """Count the mastered cells, of some marks or of all.

        >>> from exprlearn.intervals import wilson
        >>> at = Coordinates(1, 2, 0, "+")
        >>> cells = [score_cell(at, "in", wilson(98, 100)), refuse_cell(at, "out", "too long")]
        >>> Cube(Axes([1], [2], [0], ["+"]), cells).frontier()
        Frontier(value=1, low=1, high=1, of=2)
        """
        chosen = [cell for cell in self.cells if not marks or cell.mark in marks]
        known = [cell.exact_match for cell in chosen if cell.exact_match is not None]
        ends = ("value", "low", "high")
        reached = {end: sum(getattr(exact, end) >= self.threshold for exact in known) for end in ends}
        return Frontier(**reached, of=sum(cell.reason != NO_EXAMPLES for cell in chosen))

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        by_mark = {mark: asdict(self.frontier(mark)) for mark in get_args(Mark)}
        frontier = {"threshold": self.threshold, "all": asdict(self.frontier()), **by_mark}
        return {"frontier": frontier, "cells": [cell.document() for cell in self.cells]}


def score_cell(coordinates: Coordinates, mark: Mark, exact_match: Interval | None) -> Cell:
    """Make a cell that was asked; without any expressions, one that says so."""
    return Cell(coordinates, mark, exact_match, "" if exact_match else NO_EXAMPLES)


def refuse_cell(coordinates: Coordinates, mark: Mark, reason: str) -> Cell:
    """Make a cell whose expressions the model cannot be asked."""
    return Cell(coordinates, mark, None, f"cannot be asked: {reason}")


def mark_of(within: Iterable[bool]) -> Mark:
    """Sum up which of some expressions training may draw.

    >>> mark_of([True, True]), mark_of([True, False]), mark_of([])
    ('in', 'partly', 'out')
    """
    found = set(within)
    return "partly" if len(found) > 1 else "in" if True in found else "out"


class InCell:
    """Keeps the expressions of a cell: brackets exactly so deep, and at least two operators where it names several."""

    def __init__(self, coordinates: Coordinates) -> None:
        self.coordinates = coordinates

    def __str__(self) -> str:
        return f"cell of {self.coordinates}"

    def keep(self, block: Any, values: object) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it belongs to the cell; bool [n]."""
        return np.array([self.holds(text) for text in block.expressions.tolist()], bool)

    def holds(self, expression: str, value: Fraction = Fraction(0)) -> bool:
        """Tell whether an expression belongs to the cell, whatever its value."""
        several = len(self.coordinates.signs) > 1
        if several and len(set(OPERATOR.findall(expression))) < 2:
            return False
        return not self.coordinates.depth or int(depth(expression)) == self.coordinates.depth


def grammar_of(coordinates: Coordinates) -> str:
    """Write a grammar for the expressions of a cell; brackets stand around calculations and within one.

    >>> print(grammar_of(Coordinates(2, 3, 0, "+ *")))
    start: inner
    ?inner: sum "+" product | product "*" NUMBER
    ?sum: product | sum "+" product
    ?product: NUMBER | product "*" NUMBER
    NUMBER: /0|[1-9][0-9]{0,1}/
    """
    atom = "atom" if coordinates.depth else "NUMBER"
    sums = [f'sum "{sign}" product' for sign in coordinates.signs if sign in "+-"]
    products = [f'product "{sign}" {atom}' for sign in coordinates.signs if sign in "*/"]
    rules = ["start: inner", f"?inner: {' | '.join(sums + products)}"]
    rules += [f"?sum: {' | '.join(['product', *sums])}"] if sums else []
    rules += [f"?product: {' | '.join([atom, *products])}"]
    rules += ['?atom: NUMBER | "(" inner ")"'] if coordinates.depth else []
    return "\n".join([*rules, f"NUMBER: /0|[1-9][0-9]{{0,{coordinates.digits - 1}}}/"])


def space_of(coordinates: Coordinates, lowest: int = 0) -> ExpressionSpace:
    """Count the expressions of a cell, those with shallower brackets too; numbers of one digit begin with `lowest`."""
    low = 10 ** (coordinates.digits - 1) if coordinates.digits > 1 else min(max(lowest, 0), 9)
    return ExpressionSpace.from_text(
        grammar_of(coordinates),
        terms=coordinates.terms,
        depth=(0, coordinates.depth),
        ranges=(low, 10**coordinates.digits - 1),
    )


def examples_of(
    coordinates: Coordinates,
    division: Division,
    *,
    count: int,
    lowest: int = 0,
    level: Level = "commutative",
    seed: int = 0,
) -> Examples:
    """Draw different test examples of a cell, or as many as there are; perhaps none.

    They belong to the test split by content, so that no training that is split by content can have drawn one, nor one
    that says the same.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> examples_of(Coordinates(2, 2, 0, "+"), ExactOnlyPolicy(), count=2).expressions.tolist()
    ['22+95', '53+76']
    """
    space = space_of(coordinates, lowest)
    if coordinates.digits > MOST_DIGITS:
        return _one_by_one(space, coordinates, Answering(division, [InCell(coordinates)]), count, level, seed)
    needs_rule = coordinates.depth > 0 or len(coordinates.signs) > 1
    answering = Answering(division, [InCell(coordinates)] if needs_rule else [])
    try:
        return ByContent(DrawingContext(space, answering, seed, {"test": count}, level=level)).fixed("test", count)
    except DataError:
        return Examples.of([])


def _one_by_one(
    space: ExpressionSpace, coordinates: Coordinates, answering: Answering, count: int, level: Level, seed: int
) -> Examples:
    draw = np.random.default_rng([seed, _PURPOSE, coordinates.digits])
    found: dict[str, str] = {}
    size, width = space.size, (space.size.bit_length() + 7) // 8 + 8
    for _ in range(count * _PATIENCE):
        if len(found) == count:
            break
        text = space[int.from_bytes(draw.bytes(width)) % size]
        with suppress(EvaluationError):
            if split_of(text, level) == "test" and (answer := answering.answer(text)) is not None:
                found[text] = answer
    return Examples.of(list(found.items()))
