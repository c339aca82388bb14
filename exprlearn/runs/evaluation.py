"""What judging a run needs besides its model, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.config import DataSection
from exprlearn.dataset import Splits
from exprlearn.plugin import Division
from exprlearn.runs.prediction import Prediction
from exprlearn.runs.run_folder import RunFolder
from exprlearn.scoring import Scores
from exprlearn.scoring.baselines import Perceptron
from exprlearn.scoring.breakdown import Axis, depth, digits, terms
from exprlearn.scoring.census import Census
from exprlearn.scoring.mistakes import MistakeGroup, mistake_groups, name_mistake
from exprlearn.scoring.scores import scores_html

#: The file of the mapping baseline in a run folder, and the model that it is.
BASELINE, BASELINE_MODEL = "baseline.json", "mapping-mlp"
#: Larger sets hold every size that matters; looking through them costs time.
MOST = 200_000


@dataclass(frozen=True)
class Evaluation:
    """A model judged on a split.

    Attributes:
        run: name of the run.
        split: `validation`, `test` or `all`.
        scores: the judgement.
        predictions: what it was computed from, item by item; of a census only the first wrong ones.
        census: what was found where every expression was answered.
        division: what mistakes are named by; None for integers alone.
    """

    run: str
    split: str
    scores: Scores
    predictions: Sequence[Prediction]
    census: Census | None = None
    division: Division | None = None

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

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of predictions.jsonl: wrong ones with the name of their `mistake` and their `wrong_step`."""
        for row, name in zip(self.predictions, self.mistakes, strict=True):
            yield row.document() if name is None else {**row.document(), "mistake": name}


def kept_baseline(folder: RunFolder) -> Perceptron | str:
    """Return the baseline of a run, or why there is none.

    Raises:
        RunError: it is damaged.
    """
    if not (folder.path / BASELINE).is_file():
        return "the run keeps none; it is learned when a training ends"
    document = folder.read_json(BASELINE)
    return str(document["omitted"]) if "omitted" in document else Perceptron.of_document(document)


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
