"""Drawing examples: which split an expression belongs to, which expressions are examples, and in which order they come.

A way to draw is a component, made for a space: it streams training examples without end, fixes held-out sets, and cuts
the rows of files out of the same order.
"""

from __future__ import annotations

from exprlearn.dataset.drawing.by_content import ByContent
from exprlearn.dataset.drawing.by_position import ByPosition
from exprlearn.dataset.drawing.example_stream import ExampleStream
from exprlearn.dataset.drawing.rows import Example, Examples, Rows
from exprlearn.dataset.drawing.slices import Availability, Piece
from exprlearn.dataset.drawing.split import SPLITS, FilteredRows, RowFilter, Split, split_of

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
    "split_of",
]
