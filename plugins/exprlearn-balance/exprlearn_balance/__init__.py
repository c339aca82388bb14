"""Data balanced by result: every answer equally often, however many expressions have it.

Constraints on values and the division policy become rules of the tables of values, which say how many expressions of
each size give each answer (`value_graph` → `value_tables` → `results`). A size and an answer make a cell, of which each
split has some expressions (`cells`). The sizes that can give an answer take turns (`turns`), and item t of the stream
is an answer, a size, and the next expression of that cell (`stream`); files walk through the cells instead (`walks`,
`slices`), so that none comes twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.plugin import DrawingSpec, hookimpl
from exprlearn_balance.by_result import ByResult


@hookimpl
def exprlearn_drawings() -> Iterable[DrawingSpec]:
    """Yield the way to draw, for `data.balance=result`."""
    yield DrawingSpec(
        name="result",
        summary="Splits by content, and draws every answer equally often.",
        make=lambda options: ByResult,
    )
