"""Error maps: how often answers are right, by two numbers of an expression, with the items of each cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

from exprlearn.report.charts import Chart, Square, heat_chart
from exprlearn.report.wording import clip, crowding
from exprlearn.runs.schema import AnsweredRow
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
    """The items whose two numbers lie in two bands: how many, and the texts of some of them, wrong ones first."""

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
    """A table of cells by column and row, of those that have items; what has no two numbers is `left_out`."""

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


def error_maps(predictions: Sequence[AnsweredRow]) -> list[ErrorMap]:
    """Lay predictions out by their first two numbers, where these are small, and by how many digits they have.

    >>> row = AnsweredRow(expression="7+12", answer="19", truth="19")
    >>> [(shown.title, list(shown.cells)) for shown in error_maps([row])]
    [('First number by second', [('7', '12')]), ('Digits by digits', [('1', '2')])]
    """
    numbers = [(item, *_first_two(item.expression)) for item in predictions]
    placed = [(item, int(first), int(second)) for item, first, second in numbers if first and second]
    maps, left_out = [], len(numbers) - len(placed)
    largest = max((max(first, second) for _, first, second in placed), default=-1)
    if 0 <= largest <= LARGEST:
        width = next(width for width in WIDTHS if largest < width * MOST_BANDS)
        bands = [(item, first // width, second // width) for item, first, second in placed]
        maps.append(_fill(("First number by second", "first number", "second number"), bands, left_out, width))
    bands = [(item, len(str(first)), len(str(second))) for item, first, second in placed]
    if len({band for _, *pair in bands for band in pair}) > 1:
        maps.append(_fill(("Digits by digits", "digits of the first number", "digits of the second"), bands, left_out))
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
        "cells": [vars(cell) for cell in shown.cells.values()],
    }


def _first_two(expression: str) -> tuple[str, str]:
    """Return the first two whole numbers of an expression, blank where it has less than two."""
    found = NUMBER.findall(expression)[:2]
    return (found[0], found[1]) if len(found) == 2 and "." not in "".join(found) else ("", "")


def _fill(
    titles: tuple[str, str, str], placed: Sequence[tuple[AnsweredRow, int, int]], left_out: int, width: int = 1
) -> ErrorMap:
    """Lay items out by the bands of their two numbers; a band holds `width` numbers, and 1 is called by its index."""
    members: defaultdict[tuple[int, int], list[AnsweredRow]] = defaultdict(list)
    for item, first, second in placed:
        members[first, second].append(item)
    columns, rows = (sorted({bands[side] for bands in members})[:MOST_BANDS] for side in (0, 1))
    most = max(1, min(MOST_ITEMS, MOST_KEPT // max(1, len(members))))
    cells = [
        _cell(_label(column, width), _label(row, width), members[column, row], most)
        for column, row in product(columns, rows)
        if (column, row) in members
    ]
    return ErrorMap(
        *titles,
        columns=[_label(column, width) for column in columns],
        rows=[_label(row, width) for row in rows],
        cells={(cell.column, cell.row): cell for cell in cells},
        left_out=left_out,
    )


def _cell(column: str, row: str, items: Sequence[AnsweredRow], most: int) -> MapCell:
    wrong = [item for item in items if not item.correct]
    shown = [*wrong[:most], *(item for item in items if item.correct)][:most]
    short = partial(clip, most=MOST_CHARACTERS)
    texts = [(short(item.expression), short(item.answer), short(item.truth)) for item in shown]
    return MapCell(column, row, len(items), len(items) - len(wrong), texts)


def _label(band: int, width: int) -> str:
    """Name a band of numbers.

    >>> _label(3, 5), _label(7, 1)
    ('15–19', '7')
    """
    return str(band) if width == 1 else f"{band * width}–{band * width + width - 1}"
