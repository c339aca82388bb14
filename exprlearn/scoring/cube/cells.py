"""The generalisation cube: what a model gets right cell by cell, within its training and beyond."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from exprlearn.intervals import Interval
from exprlearn.scoring.cube.places import Axes, Place

#: Whether a training may draw expressions of a cell: all that were looked at, some, or none.
Mark = Literal["in", "partly", "out"]

#: Exact match that a cell needs to count as mastered.
THRESHOLD = 0.9


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        place: its coordinates.
        mark: whether training may draw such expressions.
        exact_match: of the expressions asked; None where none were.
        reason: why none were: the model cannot be asked, or there are no examples.
    """

    place: Place
    mark: Mark
    exact_match: Interval | None
    reason: str = ""

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        exact = None if self.exact_match is None else vars(self.exact_match)
        return {**self.place._asdict(), "distribution": self.mark, "exact_match": exact, "reason": self.reason}


@dataclass(frozen=True)
class Frontier:
    """How many cells are mastered: the volume of the cube in which a model works.

    Attributes:
        value: cells whose exact match reaches the threshold.
        low: cells whose whole interval does.
        high: cells whose interval reaches it.
        of: all cells that have examples, those included that the model cannot be asked.
    """

    value: int
    low: int
    high: int
    of: int


@dataclass(frozen=True)
class Cube:
    """All cells.

    Attributes:
        axes: the coordinates.
        cells: in the order of the coordinates.
        threshold: exact match that a cell needs to count as mastered.
    """

    axes: Axes
    cells: Sequence[Cell]
    threshold: float = THRESHOLD

    def frontier(self, *marks: Mark) -> Frontier:
        """Count the mastered cells, of some marks or of all.

        >>> from exprlearn.intervals import wilson
        >>> place = Place(1, 2, 0, "+")
        >>> cells = [asked(place, "in", wilson(98, 100)), refused(place, "out", "too long")]
        >>> Cube(Axes([1], [2], [0], ["+"]), cells).frontier()
        Frontier(value=1, low=1, high=1, of=2)
        """
        chosen = [cell for cell in self.cells if not marks or cell.mark in marks]
        known = [cell.exact_match for cell in chosen if cell.exact_match is not None]
        ends = ([end >= self.threshold for end in column] for column in zip(*map(_ends, known), strict=True))
        value, low, high = (sum(column) for column in ends) if known else (0, 0, 0)
        return Frontier(value, low, high, sum(cell.reason != NO_EXAMPLES for cell in chosen))

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        frontier = {
            "threshold": self.threshold,
            "all": vars(self.frontier()),
            "in": vars(self.frontier("in")),
            "partly": vars(self.frontier("partly")),
            "out": vars(self.frontier("out")),
        }
        return {"frontier": frontier, "cells": [cell.document() for cell in self.cells]}


#: The reason of cells that have no examples under the division policy.
NO_EXAMPLES = "no examples found"


def asked(place: Place, mark: Mark, exact_match: Interval | None) -> Cell:
    """Make a cell that was asked; without any expressions, one that says so."""
    return Cell(place, mark, exact_match, "" if exact_match else NO_EXAMPLES)


def refused(place: Place, mark: Mark, reason: str) -> Cell:
    """Make a cell whose expressions the model cannot be asked."""
    return Cell(place, mark, None, f"cannot be asked: {reason}")


def marked(within: Iterable[bool]) -> Mark:
    """Sum up which of some expressions training may draw.

    >>> marked([True, True]), marked([True, False]), marked([])
    ('in', 'partly', 'out')
    """
    found = set(within)
    return "partly" if len(found) > 1 else "in" if True in found else "out"


def _ends(interval: Interval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high
