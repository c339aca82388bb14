"""Asking a run cell by cell of the cube, within its training and beyond, where its weights fit longer expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset import Examples, canonical_forms, load_splits
from exprlearn.dataset.pairs import Pairs
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.decoder import Decoder
from exprlearn.decoding.working_writer import working_writer
from exprlearn.encoding import Alphabet, Encoder, Vocabulary, alphabet_of
from exprlearn.encoding.sides import vocabulary_of
from exprlearn.errors import EncodingError, OptionError
from exprlearn.runs.built_models import build_model
from exprlearn.runs.checkpoint import name_variables
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


def resize(run: Run, alphabet: Alphabet) -> Answerer | str:
    """Build a run's model for wider rows, with the weights it has learned.

    What a row holds stays as it was: symbols keep their ids and numbers their scale; only there is more room for what
    the alphabet holds. A text says why it cannot be asked.
    """
    encoder = _wider(run, run.encoder.alphabet | alphabet)
    if isinstance(encoder, str):
        return encoder
    model = build_model(run.components, encoder)
    kept, wider = run.variables, name_variables("model", model.variables)
    shapes = [{name: tuple(each.shape) for name, each in group.items()} for group in (kept, wider)]
    if shapes[0] != shapes[1]:
        return "its weights depend on how long expressions are"
    for name, variable in kept.items():
        wider[name].assign(variable)
    rules = run.answerer.rules
    # Many shapes are asked a few expressions each, and compiling for each would take most of the time.
    decoder = Decoder(model, run.components.model, rules.shape(encoder), rules=rules, compiling=False)
    return Answerer(decoder, encoder, run.scale, working_writer(run.components, encoder))


def _wider(run: Run, alphabet: Alphabet) -> Encoder | str:
    """Make an encoder of the run's symbols for longer expressions and answers; or say which symbols it lacks."""
    before, parts = run.encoder, run.components
    unknown = [sign for sign in alphabet.literals if sign not in before.alphabet.literals]
    wanted = vocabulary_of(parts.tokenizer, alphabet)
    unknown += [symbol for symbol in wanted.symbols if symbol not in before.vocabulary.ids and symbol not in unknown]
    if unknown:
        return f"it has no symbol for {' '.join(unknown[:4])}{' …' if len(unknown) > 4 else ''}"
    encoder = Encoder(
        alphabet,
        tokenizer=parts.tokenizer,
        padding=parts.padding,
        reversal=parts.reversal,
        inputs=before.inputs,
        vocabulary=Vocabulary(before.vocabulary.symbols, wanted.number_steps),
    )
    encoder.number_rows.scale = before.number_rows.scale
    return encoder


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
            elif self._fits(questions.examples):
                yield questions.ask(self.run.answerer)
            else:
                waiting.setdefault(self._width(coordinates), []).append(questions)
        for alphabet, group in waiting.items():
            longest = max(map(len, (text for questions in group for text in self._texts(questions.examples))))
            answerer = resize(self.run, replace(alphabet, longest_answer=longest))
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
        return Questions(coordinates, mark_of(within), found)

    def _is_within(self, expression: str) -> bool:
        """Tell whether training may draw an expression, or one of another split that looks like it."""
        return expression in self.space and self.splits.train.answering.answer(expression) is not None

    def _fits(self, examples: Examples) -> bool:
        """Tell whether the run as it is can read the expressions and write the answers."""
        rules, encoder = self.run.answerer.rules, self.run.encoder
        try:
            rules.sources(encoder, examples.expressions)
            if rules.writes_tokens:
                rules.targets(encoder, self._texts(examples), self.run.scale)
        except EncodingError:
            return False
        return True

    def _texts(self, examples: Examples) -> NDArray[np.str_]:
        """Return what the run is to write of the examples."""
        return self.run.answerer.texts(examples.expressions, examples.answers)

    def _width(self, coordinates: Coordinates) -> Alphabet:
        """Measure what the expressions of a cell need beside those of the training; answers are not looked at."""
        space = space_of(coordinates, self.alphabet.numbers[0])
        needed = self.alphabet | alphabet_of(space, self.run.components.division, 0)
        return replace(needed, longest_answer=self.alphabet.longest_answer)
