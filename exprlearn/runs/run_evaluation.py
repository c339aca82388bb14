"""Evaluating a run: what comes of it, what it needs besides the model, and what the run folder keeps for its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.config import DataSection
from exprlearn.dataset import Examples, Splits, split_of
from exprlearn.decoding.answerer import Answerer
from exprlearn.errors import DataError, RunError
from exprlearn.plugin import Division
from exprlearn.runs.prediction import Prediction, make_predictions
from exprlearn.runs.run_files import write_json, write_lines
from exprlearn.runs.run_folder import RunFolder
from exprlearn.scoring import Scores, score
from exprlearn.scoring.baselines import Perceptron
from exprlearn.scoring.breakdown import Axis, depth, digits, terms
from exprlearn.scoring.census import Baselines, Census, Wrong
from exprlearn.scoring.cube import Cube
from exprlearn.scoring.mistakes import MistakeGroup, mistake_groups, name_mistake
from exprlearn.scoring.scores import scores_html

if TYPE_CHECKING:
    from exprlearn.runs.run import Run

#: The file of the mapping baseline in a run folder, and the model that it is.
BASELINE, BASELINE_MODEL = "baseline.json", "mapping-mlp"
#: Larger sets hold every size that matters; looking through them costs time.
MOST = 200_000
#: Answers whose steps a run folder keeps.
MOST_WRONG, MOST_RIGHT = 6, 2


@dataclass(frozen=True)
class Evaluation:
    """A model evaluated on a split.

    Attributes:
        run: name of the run.
        split: `validation`, `test` or `all`.
        predictions: what the scores were computed from, item by item; of a census only the first wrong ones.
        census: what was found where every expression was answered.
        division: what mistakes are named by; None for integers alone.
        left_out: examples of the test of another grammar that were not asked, since a working may have shown them.
    """

    run: str
    split: str
    scores: Scores
    predictions: Sequence[Prediction]
    census: Census | None = None
    division: Division | None = None
    left_out: int = 0

    def _repr_html_(self) -> str:
        """Show the test table in a notebook."""
        return scores_html(self.scores, f"{self.run}: {self.split}")

    @cached_property
    def mistakes(self) -> Sequence[str | None]:
        """Return for each prediction the name of its mistake, None where it is right."""
        division = self.division or ExactOnlyPolicy()
        return [
            None if row.answer == row.truth else name_mistake(row.expression, row.answer, row.truth or "", division)
            for row in self.predictions
        ]

    @property
    def mistake_groups(self) -> list[MistakeGroup]:
        """Return the wrong answers by the name of their mistake, the most frequent first."""
        named = [(row, name) for row, name in zip(self.predictions, self.mistakes, strict=True) if name is not None]
        return mistake_groups([row.wrong_answer for row, _ in named], names=[name for _, name in named])

    @property
    def wrong(self) -> list[Wrong]:
        """Return the wrong answers, in order."""
        return [row.wrong(self.split) for row in self.predictions if row.answer != row.truth]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of predictions.jsonl: wrong ones with the name of their `mistake` and their `wrong_step`."""
        for row, name in zip(self.predictions, self.mistakes, strict=True):
            yield row.document() if name is None else {**row.document(), "mistake": name}


def evaluate_examples(
    run: Run,
    split: str,
    examples: Examples,
    answerer: Answerer,
    *,
    known: tuple[Baselines, Mapping[str, str]],
    axes: Mapping[str, Axis] | None = None,
    beam: int = 1,
    left_out: int = 0,
) -> Evaluation:
    """Ask examples of a split, and score the answers beside the baselines that are known and those left out."""
    expressions, truths = examples.expressions.tolist(), examples.answers.tolist()
    predictions = make_predictions(answerer, expressions, truths, beam=beam, locate=True)
    scores = score(
        expressions,
        [prediction.answer for prediction in predictions],
        truths,
        metrics=run.components.metrics,
        common_answer=run.common_answer,
        further_baselines=known[0],
        omitted=known[1],
        framing=run.components.model.framing,
        axes=axes,
        checks=[prediction.check for prediction in predictions],
        operators=run.operators,
    )
    name, division = run.folder.name, run.components.division
    return Evaluation(name, split, scores, predictions, division=division, left_out=left_out)


def read_baseline(folder: RunFolder) -> Perceptron | str:
    """Return the baseline of a run, or why there is none; a RunError if it is damaged."""
    if not (folder.path / BASELINE).is_file():
        return "the run keeps none; it is learned when a training ends"
    document = folder.read_json(BASELINE)
    return str(document["omitted"]) if "omitted" in document else Perceptron.of_document(document)


def read_baselines(run: Run) -> tuple[Baselines, dict[str, str]]:
    """Return the baseline that the folder of a run keeps, or why there is none, each by its name."""
    kept, rows = read_baseline(run.folder), run.encoder.number_rows
    if isinstance(kept, str):
        return {}, {BASELINE_MODEL: kept}
    if kept.inputs != rows.steps * rows.features:
        file = run.folder.path / BASELINE
        raise RunError(f"{file} is of another encoding: remove it to evaluate without this baseline")
    return {BASELINE_MODEL: lambda expressions: kept.answers(run.encoder.numbers(expressions))}, {}


def seen_sizes(data: DataSection, splits: Splits) -> dict[str, Axis]:
    """Return the axis `sizes`: whether training examples have as many terms, digits and levels of brackets.

    Without a fixed set (`data.train = 0`) every size of the space may be drawn, and so with a large one: no axis then.
    """
    if not 0 < data.train <= MOST:
        return {}
    examples, _ = splits.train.take(data.train, start=0)
    seen = {_size(expression) for expression in examples.expressions.tolist()}
    return {"sizes": lambda expression, truth: "seen" if _size(expression) in seen else "unseen"}


def _size(expression: str) -> tuple[str, str, str]:
    return terms(expression), digits(expression), depth(expression)


def answer_test(run: Run, items: Sequence[tuple[str, str]]) -> list[str]:
    """Answer what another run was tested on, n pairs of expression and truth.

    A DataError refuses what the run may have been trained on, and a truth that its division policy does not share.
    """
    _refuse_learned(run, [expression for expression, _ in items])
    for expression, truth in items:
        right = run.truth(expression)
        if right != truth:
            raise DataError(f"{expression} is {truth} in the test and {right} for {run.folder.name}: no common test")
    return run.answerer.answer([expression for expression, _ in items]).texts


def refuse_other_tests(run: Run) -> None:
    """Refuse to ask a run other tests than its own, unless content decided what it was trained on; a DataError."""
    name = run.folder.name
    if run.pairs is not None:
        raise DataError(f"{name} learned pairs, and may have learned another run's test: compare what is kept")
    if run.config.data.split != "content":
        raise DataError(
            f"{name} was split by position, so it may have learned another run's test: compare what is kept"
        )


def _refuse_learned(run: Run, expressions: Sequence[str]) -> None:
    refuse_other_tests(run)
    data, name = run.config.data, run.folder.name
    learned = [text for text in expressions if split_of(text, data.level, operators=run.operators) == "train"]
    if learned:
        raise DataError(
            f"{name} may have been trained on {len(learned)} of the {len(expressions)} expressions, such as "
            f"{learned[0]}: compare runs of one data.level"
        )


def write_evaluation(run: Run, evaluation: Evaluation) -> None:
    """Write predictions.jsonl, and to steps.jsonl how the answers that show most were written.

    A page cannot ask the model. One that answers with a number writes no steps, and so there is no file.
    """
    write_lines(run.folder.path / "predictions.jsonl", evaluation.rows())
    chosen = [prediction.expression for prediction in choose_shown(evaluation.predictions)]
    if chosen and run.answerer.rules.writes_tokens:
        rows = (step_row(item, run.components.reversal.target) for item in run.predict(chosen, steps=True))
        write_lines(run.folder.path / "steps.jsonl", rows)


def choose_shown(predictions: Sequence[Prediction]) -> list[Prediction]:
    """Choose the wrong answers that the model was surest of, then the right ones that it was least sure of."""
    by_probability = sorted(predictions, key=lambda item: item.probability or 0.0)
    wrong = [item for item in reversed(by_probability) if not item.correct]
    right = [item for item in by_probability if item.correct]
    return [*wrong[:MOST_WRONG], *right[:MOST_RIGHT]]


def step_row(prediction: Prediction, back_to_front: bool) -> dict[str, Any]:
    """Write a prediction with its steps, as steps.jsonl holds it."""
    steps = [
        {
            "chosen": step.chosen,
            "probability": round(step.probability, 6),
            "others": [[token, round(share, 6)] for token, share in step.others],
        }
        for step in prediction.steps
    ]
    return {**prediction.document(), "steps": steps, "back_to_front": back_to_front}


def write_cube(run: Run, cube: Cube, *, lengths: bool) -> None:
    """Write beyond.json or lengths.json: the cells that the run was asked last."""
    document = {"threshold": cube.threshold, "cells": [cell.document() for cell in cube.cells]}
    write_json(run.folder.path / ("lengths.json" if lengths else "beyond.json"), document)
