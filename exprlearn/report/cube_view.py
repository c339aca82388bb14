"""The generalisation cube on a page: what a run gets right within its training and beyond."""

from __future__ import annotations

from dataclasses import dataclass

from exprlearn.report.charts import Chart, Square, heat_chart
from exprlearn.runs.schema import KeptCube
from exprlearn.scoring import percent
from exprlearn.scoring.cube import Axes, Cell, Coordinates, Cube, Frontier

MOST_ROWS, MOST_COLUMNS = 60, 15
WORDS = {"in": "in training", "partly": "partly in training", "out": "beyond training"}


@dataclass(frozen=True)
class CubeView:
    """A cube, as it is shown.

    Attributes:
        rows: for each size its label, and the cell of each column.
        frontiers: how many cells are mastered: in words which, and the count.
        hidden: sizes that are not shown.
    """

    chart: Chart
    columns: list[str]
    rows: list[tuple[str, list[Cell | None]]]
    frontiers: list[tuple[str, Frontier]]
    threshold: float
    hidden: int


def cube_view(kept: KeptCube) -> CubeView | None:
    """Lay a cube out with a row for each size and a column for each set of operators; None where nobody asked."""
    cube = cube_of(kept)
    columns = list(dict.fromkeys(cell.coordinates.operators for cell in cube.cells))[:MOST_COLUMNS]
    sizes = list(dict.fromkeys(cell.coordinates[:3] for cell in cube.cells))
    cells = {cell.coordinates: cell for cell in cube.cells}
    rows = [
        (" · ".join(map(str, size)), [cells.get(Coordinates(*size, operators)) for operators in columns])
        for size in sizes[:MOST_ROWS]
    ]
    squares = [
        Square(cell.coordinates.operators, label, cell.exact_match.value, f"{WORDS[cell.mark]}: {cell.exact_match}",
               outlined=cell.mark != "out")
        for label, row in rows for cell in row if cell is not None and cell.exact_match is not None
    ]  # fmt: skip
    if not squares:
        return None
    across, down = "operators", "digits · terms · depth"
    labels = [label for label, _ in rows]
    chart = heat_chart(squares, columns, labels, across=across, down=down, measure="exact match", palette="map")
    return CubeView(chart, columns, rows, _frontiers(cube), cube.threshold, len(sizes) - len(rows))


def cube_of(kept: KeptCube) -> Cube:
    """Read a cube as a run folder keeps it."""
    cells = [
        Cell(
            Coordinates(row.digits, row.terms, row.depth, row.operators), row.distribution, row.exact_match, row.reason
        )
        for row in kept.cells
    ]
    return Cube(Axes([], [], [], []), cells, kept.threshold)


def cell_text(cell: Cell | None) -> str:
    """Write a cell of the table; beyond training in brackets."""
    if cell is None or cell.exact_match is None:
        return "" if cell is None else "–"
    share = percent(cell.exact_match.value)
    return share if cell.mark == "in" else f"({share})"


def _frontiers(cube: Cube) -> list[tuple[str, Frontier]]:
    found = [("all", cube.frontier()), *((WORDS[mark], cube.frontier(mark)) for mark in ("in", "partly", "out"))]
    return [(words, frontier) for words, frontier in found if frontier.of]
