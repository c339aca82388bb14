"""Drawing examples: which split an expression belongs to, which expressions are examples, and in which order they come.

A way to draw is a component, made for a space: it streams training examples without end, fixes held-out sets, and cuts
the rows of files out of the same order.
"""

from __future__ import annotations

from exprlearn.dataset.drawing.availability import Availability
from exprlearn.dataset.drawing.by_content import ByContent
from exprlearn.dataset.drawing.by_position import ByPosition
from exprlearn.dataset.drawing.filter import FilteredRows, RowFilter
from exprlearn.dataset.drawing.opening import open_drawing, refuse_balance_by_position
from exprlearn.dataset.drawing.rows import Example, Examples, Rows
from exprlearn.dataset.drawing.slices import Piece
from exprlearn.dataset.drawing.split import SPLITS, Split, split_of
from exprlearn.dataset.drawing.stream import ExampleStream

__all__ = [
    "SPLITS",
    "Availability",
    "ByContent",
    "ByPosition",
    "Example",
    "ExampleStream",
    "Examples",
    "FilteredRows",
    "Piece",
    "RowFilter",
    "Rows",
    "Split",
    "open_drawing",
    "refuse_balance_by_position",
    "split_of",
]
