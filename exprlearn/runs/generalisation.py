"""Asking a run cell by cell of the cube, within its training and beyond."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from exprlearn.dataset import Examples, canonical_forms, load_space, load_splits
from exprlearn.decoding.answerer import Answerer
from exprlearn.encoding import Alphabet, alphabet_of
from exprlearn.errors import EncodingError
from exprlearn.runs.resize import stretched
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
    """What a cell is asked.

    Attributes:
        place: the cell's coordinates.
        mark: whether training may draw such expressions.
        examples: the expressions and their answers.
    """

    place: Coordinates
    mark: Mark
    examples: Examples

    def asked_of(self, answerer: Answerer) -> Cell:
        """Return the cell as a model answers it."""
        answers = answerer.answer(self.examples.expressions).texts
        forms = canonical_forms(self.examples.expressions.tolist())
        return score_cell(self.place, self.mark, estimate_exact_match(answers, self.examples.answers.tolist(), forms))


class Beyond:
    """Asks a run cells.

    Args:
        run: what was trained.
        per_cell: expressions asked of each cell, where there are as many.
    """

    def __init__(self, run: Run, per_cell: int = PER_CELL) -> None:
        self.run, self.per_cell = run, per_cell
        self.alphabet = run.encoder.alphabet
        self.space = load_space(run.config.grammar, run.components, text=run.grammar_text)
        self.splits = load_splits(self.space, run.components)

    @cached_property
    def axes(self) -> Axes:
        """The coordinates around what the run was trained on."""
        terms = sorted({stratum.sizes["terms"] for stratum in self.space.strata})
        deepest = max(int(depth(text)) for text in self.splits.test.expressions.tolist())
        return Axes(
            digits=range(1, self.alphabet.widest_number + MORE_DIGITS + 1),
            terms=range(max(2, terms[0]), terms[-1] + MORE_TERMS + 1),
            depth=range(deepest + MORE_DEPTH + 1),
            operators=operator_sets("".join(self.alphabet.literals)),
        )

    def lengths(self, digits: Sequence[int]) -> Axes:
        """Return the coordinates of longer and longer numbers, in the shortest expressions without brackets."""
        learned = [signs for signs in self.axes.operators if signs in self.alphabet.literals]
        return Axes(digits=digits, terms=self.axes.terms[:1], depth=[0], operators=learned)

    def cube(
        self,
        axes: Axes,
        *,
        threshold: float = THRESHOLD,
        told: Callable[[int, int], None] = lambda done, count: None,
    ) -> Cube:
        """Ask every cell.

        Args:
            axes: the coordinates.
            threshold: exact match that a cell needs to count as mastered.
            told: hears how many cells are done, and how many there are.
        """
        places, cells = list(axes.coordinates()), dict[Coordinates, Cell]()
        for cell in self._cells(places):
            cells[cell.coordinates] = cell
            told(len(cells), len(places))
        return Cube(axes, [cells[place] for place in places], threshold)

    def _cells(self, places: Sequence[Coordinates]) -> Iterator[Cell]:
        """Ask at once what fits; then cells of one width after those of another, so that each width is built once."""
        waiting: dict[Alphabet, list[Questions]] = {}
        for place in places:
            unknown = self._unknown(place)
            if unknown:
                yield refuse_cell(place, "out", f"it has no symbol for {' '.join(unknown)}")
                continue
            questions = self._questions(place)
            if not len(questions.examples):
                yield score_cell(place, questions.mark, None)
            elif self._fits(questions.examples):
                yield questions.asked_of(self.run.answerer)
            else:
                waiting.setdefault(self._width(place), []).append(questions)
        for alphabet, group in waiting.items():
            longest = max(len(answer) for questions in group for answer in questions.examples.answers.tolist())
            answerer = stretched(self.run, replace(alphabet, longest_answer=longest))
            for questions in group:
                if isinstance(answerer, str):
                    yield refuse_cell(questions.place, questions.mark, answerer)
                else:
                    yield questions.asked_of(answerer)

    def _unknown(self, place: Coordinates) -> list[str]:
        """List the signs of a place that the run has never seen."""
        signs = [*place.signs, *(["(", ")"] if place.depth else [])]
        known = "".join(self.alphabet.literals)
        return [sign for sign in signs if sign not in known]

    def _questions(self, place: Coordinates) -> Questions:
        lowest, level = self.alphabet.numbers[0], self.splits.level
        division = self.run.components.division
        found = examples_of(place, division, count=self.per_cell, lowest=lowest, level=level)
        within = [self._is_within(text) for text in found.expressions[:LOOKED_AT].tolist()]
        if self.splits.by == "position":
            # Content does not tell what such a run has learned, so only its own test is sure.
            own = set(self.splits.test.expressions.tolist())
            kept = [text in own or text not in self.space for text in found.expressions.tolist()]
            found = found[np.array(kept, bool)]
        return Questions(place, mark_of(within), found)

    def _is_within(self, expression: str) -> bool:
        """Tell whether training may draw an expression, or one of another part that looks like it."""
        return expression in self.space and self.splits.train.answering.answer(expression) is not None

    def _fits(self, examples: Examples) -> bool:
        """Tell whether the run as it is can read the expressions and write the answers."""
        encoder = self.run.encoder
        try:
            if self.run.components.model.framing == "mapping":
                encoder.numbers(examples.expressions)
            else:
                encoder.sources(examples.expressions)
                encoder.targets(examples.answers)
        except EncodingError:
            return False
        return True

    def _width(self, place: Coordinates) -> Alphabet:
        """Measure what the expressions of a place need beside those of the training; answers are not looked at."""
        space = space_of(place, self.alphabet.numbers[0])
        needed = self.alphabet | alphabet_of(space, self.run.components.division, 0)
        return replace(needed, longest_answer=self.alphabet.longest_answer)
