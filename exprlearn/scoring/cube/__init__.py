"""How far beyond its training a model gets: digits × terms × depth × operators, cell by cell."""

from __future__ import annotations

from exprlearn.scoring.cube.cells import NO_EXAMPLES, THRESHOLD, Cell, Cube, Frontier, Mark, asked, marked, refused
from exprlearn.scoring.cube.places import Axes, Place, operator_sets
from exprlearn.scoring.cube.writing import examples_of, grammar_of, space_of

__all__ = [
    "NO_EXAMPLES",
    "THRESHOLD",
    "Axes",
    "Cell",
    "Cube",
    "Frontier",
    "Mark",
    "Place",
    "asked",
    "examples_of",
    "grammar_of",
    "marked",
    "operator_sets",
    "refused",
    "space_of",
]
