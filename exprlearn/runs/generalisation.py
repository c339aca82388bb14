"""Asking a run cell by cell of the cube, within its training and beyond, where its weights fit longer expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from exprlearn.dataset import Examples, canonical_forms, load_splits
from exprlearn.dataset.held_out_lines import may_be_shown
from exprlearn.dataset.pairs import Pairs
from exprlearn.decoding.answerer import Answerer
from exprlearn.encoding import Alphabet
from exprlearn.errors import OptionError
from exprlearn.runs.other_test import shown_forms
from exprlearn.runs.resizing import fits, leave_room, resize, widen, written
from exprlearn.scoring.breakdown import depth
from exprlearn.scoring.cube import (
    THRESHOLD,
    Axes,
    Cell,
    Coordinates,
    Cube,
    Mark,
    examples_of,
    mark_of,
    operator_sets,
    refuse_cell,
    score_cell,
    space_of,
)
from exprlearn.scoring.metrics import estimate_exact_match

if TYPE_CHECKING:
    from exprlearn.runs.run import Run


#: Expressions asked of each cell.
PER_CELL = 100
#: Expressions of a cell that are looked for among those of the training.
LOOKED_AT = 20
#: How far beyond its training a run is asked unless told otherwise: digits, terms and levels of brackets more.
MORE_DIGITS, MORE_TERMS, MORE_DEPTH = 2, 1, 1


@dataclass(frozen=True)
class Questions:
    """What a cell is asked, and whether training may draw such expressions."""

    coordinates: Coordinates
    mark: Mark
    examples: Examples

    def ask(self, answerer: Answerer) -> Cell:
        """Return the cell as a model answers it."""
        answers = answerer.answer(self.examples.expressions).texts
        forms = canonical_forms(self.examples.expressions.tolist())
        exact = estimate_exact_match(answers, self.examples.answers.tolist(), forms)
        return score_cell(self.coordinates, self.mark, exact)


class Beyond:
    """Asks a run cells, so many expressions of each, where there are as many."""

    def __init__(self, run: Run, per_cell: int = PER_CELL) -> None:
        self.run, self.per_cell = run, per_cell
        self.alphabet = run.encoder.alphabet
        if isinstance(run.data, Pairs):
            raise OptionError(f"{run.folder.name} learned the pairs of {run.data.name}: nothing says what lies beyond")
        self.space = run.data
        self.splits = load_splits(self.space, run.components)
        self._terms = sorted({stratum.sizes["terms"] for stratum in self.space.strata})
        self._shown = shown_forms(run)

    @cached_property
    def axes(self) -> Axes:
        """The coordinates around what the run was trained on."""
        deepest = max(int(depth(text)) for text in self.splits.test.expressions.tolist())
        return Axes(
            digits=range(1, self.alphabet.widest_number + MORE_DIGITS + 1),
            terms=range(max(2, self._terms[0]), self._terms[-1] + MORE_TERMS + 1),
            depth=range(deepest + MORE_DEPTH + 1),
            operators=operator_sets("".join(self.alphabet.literals)),
        )

    def lengths(self, digits: Sequence[int]) -> Axes:
        """Return the coordinates of longer and longer numbers, in the shortest expressions without brackets.

        Where lines of workings may have shown these, in the longest ones.
        """
        learned = [signs for signs in self.axes.operators if signs in self.alphabet.literals]
        terms = self._terms[-1:] if self._shown else self.axes.terms[:1]
        return Axes(digits=digits, terms=terms, depth=[0], operators=learned)

    def cube(
        self,
        axes: Axes,
        *,
        threshold: float = THRESHOLD,
        on_progress: Callable[[int, int], None] = lambda done, count: None,
    ) -> Cube:
        """Ask every cell; one is mastered whose exact match reaches the threshold.

        `on_progress` hears how many cells are done, and how many there are.
        """
        listed, cells = list(axes.coordinates()), dict[Coordinates, Cell]()
        for cell in self._cells(listed):
            cells[cell.coordinates] = cell
            on_progress(len(cells), len(listed))
        return Cube(axes, [cells[coordinates] for coordinates in listed], threshold)

    def _cells(self, listed: Sequence[Coordinates]) -> Iterator[Cell]:
        """Ask at once what fits; then cells of one width after those of another, so that each width is built once."""
        waiting: dict[Alphabet, list[Questions]] = {}
        for coordinates in listed:
            unknown = self._unknown(coordinates)
            if unknown:
                yield refuse_cell(coordinates, "out", f"it has no symbol for {' '.join(unknown)}")
                continue
            questions = self._questions(coordinates)
            if not len(questions.examples):
                yield score_cell(coordinates, questions.mark, None)
            elif fits(self.run, questions.examples):
                yield questions.ask(self.run.answerer)
            else:
                space = space_of(coordinates, self.alphabet.numbers[0])
                waiting.setdefault(widen(self.run, space), []).append(questions)
        for alphabet, group in waiting.items():
            texts = written(self.run, Examples.concatenate([questions.examples for questions in group]))
            # Many shapes are asked a few expressions each, and compiling for each would take most of the time.
            answerer = resize(self.run, leave_room(alphabet, texts))
            for questions in group:
                if isinstance(answerer, str):
                    yield refuse_cell(questions.coordinates, questions.mark, answerer)
                else:
                    yield questions.ask(answerer)

    def _unknown(self, coordinates: Coordinates) -> list[str]:
        """List the signs of a cell that the run has never seen."""
        known = "".join(self.alphabet.literals)
        return [sign for sign in (*coordinates.signs, *("()" if coordinates.depth else "")) if sign not in known]

    def _questions(self, coordinates: Coordinates) -> Questions:
        lowest, division = self.alphabet.numbers[0], self.run.components.division
        found = examples_of(coordinates, division, count=self.per_cell, lowest=lowest, level=self.splits.level)
        within = [self._is_within(text) for text in found.expressions[:LOOKED_AT].tolist()]
        if self.splits.by == "position":
            # Content does not tell what such a run has learned, so only its own test is sure.
            own = set(self.splits.test.expressions.tolist())
            kept = [text in own or text not in self.space for text in found.expressions.tolist()]
            found = found[np.array(kept, bool)]
        free = [not may_be_shown(text, self._shown) for text in found.expressions.tolist()]
        return Questions(coordinates, mark_of(within), found[np.array(free, bool)])

    def _is_within(self, expression: str) -> bool:
        """Tell whether training may draw an expression, or one of another split that looks like it."""
        return expression in self.space and self.splits.train.answering.answer(expression) is not None
