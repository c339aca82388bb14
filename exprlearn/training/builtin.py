"""The built-in losses, optimizers, learning rates, callbacks and run observers, through the same hooks as anybody's."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from exprlearn.plugin import (
    CallbackSpec,
    Ending,
    Header,
    LearningRateSpec,
    LossSpec,
    ObserverSpec,
    OptimizerSpec,
    Options,
    Sample,
    hookimpl,
)
from exprlearn.runs.run_files import read_lines, write_text
from exprlearn.runs.schema import EpochRow
from exprlearn.training.callbacks import TrainingMatch, TrainingMatchOptions
from exprlearn.training.learning_rates import ConstantRate, CosineRate, InverseRate, TrapezoidOptions, TrapezoidRate
from exprlearn.training.losses import CrossEntropy, CrossEntropyOptions, DefaultLoss
from exprlearn.training.muon import Muon, MuonOptions
from exprlearn.training.optimizers import AdamOptions, AdamWOptions, KerasOptimizer, SGDOptions


class EpochTableOptions(Options):
    """Options of `csv`."""

    file: str = Field(
        default="epochs.csv", pattern=r"^[\w-][\w.-]*\.csv$", description="Name of the file in the run folder."
    )


class EpochTable:
    """Writes the whole table anew after each epoch, so that a crash leaves the old one or the new one.

    The epochs before a run went on are those of its metrics.jsonl: what a resumed run does again stands there once.
    """

    def __init__(self, options: EpochTableOptions) -> None:
        self.options = options
        self._file = Path()
        self._rows: list[Mapping[str, Any]] = []

    def started(self, header: Header) -> None:
        """Begin with the epochs that are done."""
        self._file = header.folder / self.options.file
        kept = read_lines(header.folder / "metrics.jsonl", EpochRow)
        self._rows = [row for row in kept if row["epoch"] <= header.done]
        self._write()

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Add an epoch."""
        self._rows.append(record)
        self._write()

    def noted(self, message: str) -> None:
        """Leave messages out."""

    def finished(self, ending: Ending) -> None:
        """Leave the table as it is."""

    def _write(self) -> None:
        rows = [_flat(row) for row in self._rows]
        columns = dict.fromkeys(name for row in rows for name in row)
        text = io.StringIO()
        table = csv.DictWriter(text, list(columns), lineterminator="\n")
        if self._rows:
            table.writeheader()
        table.writerows(rows)
        write_text(self._file, text.getvalue())


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give each further metric a column, and each stage of a curriculum one with its exact match.

    >>> _flat({"epoch": 1, "stages": [{"stage": "easy", "examples": 9, "right": 1, "count": 4}]})
    {'epoch': 1, 'exact_match easy': 0.25}
    >>> _flat({"epoch": 1, "metrics": {"rmse": 2.5}})
    {'epoch': 1, 'rmse': 2.5}
    """
    stages = {f"exact_match {each['stage']}": each["right"] / each["count"] for each in row.get("stages", ())}
    plain = {name: value for name, value in row.items() if name not in ("stages", "metrics")}
    return plain | dict(row.get("metrics", {})) | stages


@hookimpl
def exprlearn_observers() -> Iterable[ObserverSpec]:
    """Yield the built-in run observers."""
    yield ObserverSpec(
        name="csv",
        summary="Keeps a table of all epochs in the run folder, for spreadsheets.",
        options=EpochTableOptions,
        make=EpochTable,
    )


@hookimpl
def exprlearn_callbacks() -> Iterable[CallbackSpec]:
    """Yield the built-in callback."""
    yield CallbackSpec(
        name="training-match",
        summary="Measures exact match on training examples after each epoch.",
        options=TrainingMatchOptions,
        make=TrainingMatch,
    )


@hookimpl
def exprlearn_losses() -> Iterable[LossSpec]:
    """Yield `default` and `cross-entropy`."""
    yield LossSpec(
        name="default",
        summary="Cross-entropy of every token but padding; the squared error of a mapping model.",
        make=lambda options: DefaultLoss(),
    )
    yield LossSpec(
        name="cross-entropy",
        summary="Cross-entropy with soft labels and weights by the position in an answer.",
        options=CrossEntropyOptions,
        make=CrossEntropy,
        framings=("sequence", "teacher-forced", "causal", "rewriting"),
    )


@hookimpl
def exprlearn_optimizers() -> Iterable[OptimizerSpec]:
    """Yield `adam`, `adamw`, `sgd` and `muon`."""
    yield OptimizerSpec(
        name="adam",
        summary="Steps by the mean gradient over the root of its mean square.",
        options=AdamOptions,
        make=lambda options: KerasOptimizer("Adam", options),
    )
    yield OptimizerSpec(
        name="adamw",
        summary="Adam with weights that decay.",
        options=AdamWOptions,
        make=lambda options: KerasOptimizer("AdamW", options),
    )
    yield OptimizerSpec(
        name="sgd",
        summary="Steps along the gradient, with momentum.",
        options=SGDOptions,
        make=lambda options: KerasOptimizer("SGD", options),
    )
    yield OptimizerSpec(
        name="muon",
        summary="Matrices step along their orthogonalised momentum, everything else with Adam.",
        options=MuonOptions,
        make=Muon,
    )


@hookimpl
def exprlearn_learning_rates() -> Iterable[LearningRateSpec]:
    """Yield `constant`, `cosine`, `inverse` and `trapezoid`."""
    yield LearningRateSpec(
        name="constant", summary="Stays, from the first step on.", make=lambda options: ConstantRate()
    )
    yield LearningRateSpec(
        name="cosine", summary="Rises, then falls to zero along a cosine.", make=lambda options: CosineRate()
    )
    yield LearningRateSpec(
        name="inverse",
        summary="Rises, then falls as the inverse of time: small for most of the training.",
        make=lambda options: InverseRate(),
    )
    yield LearningRateSpec(
        name="trapezoid",
        summary="Rises, stays for a while, then falls along a line.",
        options=TrapezoidOptions,
        make=TrapezoidRate,
    )
