"""Error maps: how often answers are right, by two numbers of an expression, with the items of each cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any

from exprlearn.report.charts import Chart, Square, heat_chart
from exprlearn.report.wording import clipped, crowding
from exprlearn.runs.schema import Answered
from exprlearn.scoring import percent
from exprlearn.scoring.breakdown import NUMBER

# A map has at most this many bands a side, so that a finger can hit a cell of it on a phone.
MOST_BANDS = 20
WIDTHS = (1, 2, 5, 10, 20, 50)
LARGEST = MOST_BANDS * WIDTHS[-1] - 1
# All the items that a page carries, wrong ones first; a cell tells how many it has.
MOST_ITEMS, MOST_KEPT, MOST_CHARACTERS = 12, 2400, 40


@dataclass(frozen=True)
class MapCell:
    """The items whose two numbers lie in two bands.

    Attributes:
        column: label of the first number's band.
        row: label of the second number's band.
        count: items.
        right: right ones among them.
        items: some of them, wrong ones first: expression, answer, truth.
    """

    column: str
    row: str
    count: int
    right: int
    items: list[tuple[str, str, str]]

    @property
    def share(self) -> float:
        """Return the share of right answers."""
        return self.right / self.count


@dataclass(frozen=True)
class ErrorMap:
    """A table of cells.

    Attributes:
        cells: those that have items, by column and row.
        left_out: items that have no two numbers.
    """

    title: str
    across: str
    down: str
    columns: list[str]
    rows: list[str]
    cells: dict[tuple[str, str], MapCell]
    left_out: int

    @property
    def widest(self) -> int:
        """Return how many characters the longest cell of the table has."""
        return max((len(f"{cell.right}/{cell.count}") for cell in self.cells.values()), default=0)


def error_maps(predictions: Sequence[Answered]) -> list[ErrorMap]:
    """Lay predictions out by their first two numbers, where these are small, and by how many digits they have.

    >>> row = Answered(expression="7+12", answer="19", truth="19")
    >>> [(shown.title, list(shown.cells)) for shown in error_maps([row])]
    [('First number by second', [('7', '12')]), ('Digits by digits', [('1', '2')])]
    """
    numbers = [(item, *_first_two(item.expression)) for item in predictions]
    placed = [(item, int(first), int(second)) for item, first, second in numbers if first and second]
    empty = partial(ErrorMap, columns=[], rows=[], cells={}, left_out=len(numbers) - len(placed))
    maps = []
    largest = max((max(first, second) for _, first, second in placed), default=-1)
    if 0 <= largest <= LARGEST:
        width = next(width for width in WIDTHS if largest < width * MOST_BANDS)
        by_value = empty("First number by second", "first number", "second number")
        maps.append(_fill(by_value, placed, lambda number: number // width, width))
    if len({len(str(number)) for _, *pair in placed for number in pair}) > 1:
        by_digits = empty("Digits by digits", "digits of the first number", "digits of the second")
        maps.append(_fill(by_digits, placed, lambda number: len(str(number))))
    return maps


def map_chart(shown: ErrorMap) -> Chart:
    """Draw an error map: wrong answers in one colour, right ones in another."""
    squares = [
        Square(cell.column, cell.row, cell.share, f"{cell.right} of {cell.count} right ({percent(cell.share)})")
        for cell in shown.cells.values()
    ]
    return heat_chart(
        squares, shown.columns, shown.rows, across=shown.across, down=shown.down, measure="exact match", palette="map"
    )


def map_document(shown: ErrorMap, chart: Chart) -> dict[str, Any]:
    """Write an error map with the specification of its chart and the items of its cells."""
    return {
        "title": shown.title,
        "across": shown.across,
        "down": shown.down,
        "columns": shown.columns,
        "rows": shown.rows,
        "crowding": crowding(shown.columns, shown.widest),
        "left_out": shown.left_out,
        "spec": chart.spec,
        "cells": [
            {"column": cell.column, "row": cell.row, "count": cell.count, "right": cell.right, "items": cell.items}
            for cell in shown.cells.values()
        ],
    }


def _first_two(expression: str) -> tuple[str, str]:
    """Return the first two whole numbers of an expression, blank where it has less than two."""
    found = NUMBER.findall(expression)[:2]
    return (found[0], found[1]) if len(found) == 2 and "." not in "".join(found) else ("", "")


def _fill(
    empty: ErrorMap, placed: Sequence[tuple[Answered, int, int]], band: Callable[[int], int], width: int = 1
) -> ErrorMap:
    """Lay items out by the bands of their numbers.

    Args:
        empty: the map without columns, rows and cells.
        placed: items, each with its two numbers.
        band: from a number to its band.
        width: numbers that a band holds; 1 for bands that are called by their index.
    """
    members: defaultdict[tuple[int, int], list[Answered]] = defaultdict(list)
    for item, first, second in placed:
        members[band(first), band(second)].append(item)
    columns, rows = (sorted({bands[side] for bands in members})[:MOST_BANDS] for side in (0, 1))
    most = max(1, min(MOST_ITEMS, MOST_KEPT // max(1, len(members))))
    cells = [
        _cell(_label(column, width), _label(row, width), members[column, row], most)
        for column, row in product(columns, rows)
        if (column, row) in members
    ]
    return replace(
        empty,
        columns=[_label(column, width) for column in columns],
        rows=[_label(row, width) for row in rows],
        cells={(cell.column, cell.row): cell for cell in cells},
    )


def _cell(column: str, row: str, items: Sequence[Answered], most: int) -> MapCell:
    wrong = [item for item in items if not item.correct]
    shown = [*wrong[:most], *(item for item in items if item.correct)][:most]
    texts = [(_short(item.expression), _short(item.answer), _short(item.truth)) for item in shown]
    return MapCell(column, row, len(items), len(items) - len(wrong), texts)


def _short(text: str) -> str:
    return clipped(text, MOST_CHARACTERS)


def _label(band: int, width: int) -> str:
    """Name a band of numbers.

    >>> _label(3, 5), _label(7, 1)
    ('15–19', '7')
    """
    return str(band) if width == 1 else f"{band * width}–{band * width + width - 1}"
