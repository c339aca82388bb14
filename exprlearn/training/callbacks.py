"""Callbacks of a training: asked after every epoch, each by its name; and the built-in `training-match`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from exprlearn.dataset import Splits
from exprlearn.errors import ExprLearnError, PluginError
from exprlearn.plugin import Measuring, Options, TrainingState
from exprlearn.plugin.tracing import trace_failure
from exprlearn.runs.run import Run
from exprlearn.runs.run_files import read_lines
from exprlearn.runs.schema import EpochRow
from exprlearn.scoring.metrics import exact_match

if TYPE_CHECKING:
    import keras


class Callbacks:
    """Asks every callback of a run after an epoch; a PluginError names one that fails.

    Args:
        run: what is trained.
        splits: its examples.
        optimizer: the Keras optimizer.

    Attributes:
        history: the lines of metrics.jsonl.
    """

    def __init__(self, run: Run, splits: Splits, optimizer: keras.Optimizer) -> None:
        self.run, self.splits, self.optimizer = run, splits, optimizer
        self.history: list[Mapping[str, Any]] = []

    def go_on(self) -> None:
        """Begin with the epochs that are done."""
        self.history = list(read_lines(self.run.folder.path / "metrics.jsonl", EpochRow))

    def measure(self, epoch: int) -> dict[str, float]:
        """Return what they measure after an epoch, before its line is written."""
        found: dict[str, float] = {}
        for name, callback in self.run.components.callbacks:
            if isinstance(callback, Measuring):
                measured = _ask(name, callback.measure, self._state(epoch))
                found |= {key: _finite(name, key, value) for key, value in measured.items()}
        return found

    def end_epoch(self, record: Mapping[str, Any]) -> str | None:
        """Take the line of an epoch to the history, and return the first reason to end the training, or None."""
        self.history.append(record)
        asked = self.run.components.callbacks
        reasons = [(name, _ask(name, callback.epoch, self._state(record["epoch"]))) for name, callback in asked]
        return next((f"{name}: {reason}" for name, reason in reasons if reason is not None), None)

    def _state(self, epoch: int) -> TrainingState:
        return TrainingState(
            epoch=epoch,
            model=self.run.model,
            optimizer=self.optimizer,
            history=[dict(row) for row in self.history],
            folder=self.run.folder.path,
            answer=lambda expressions: self.run.answerer.answer(list(expressions)).texts,
            training_examples=self._training_examples,
        )

    def _training_examples(self, count: int) -> tuple[list[str], list[str]]:
        there = self.run.config.data.train or count
        examples, _ = self.splits.train.take(min(count, there), start=0)
        return examples.expressions.tolist(), examples.answers.tolist()


def _ask(name: str, call: Callable[[TrainingState], Any], state: TrainingState) -> Any:
    try:
        return call(state)
    except ExprLearnError:
        raise
    # A callback may raise anything; the last checkpoint is from before.
    except Exception as error:
        trace_failure(error)
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise PluginError(f"the callback '{name}' failed: {said}; fix it, and go on with --resume") from error


def _finite(name: str, key: str, value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise PluginError(f"the callback '{name}' measures {key} as {number}, which is not a number: leave it out")
    return number


class TrainingMatchOptions(Options):
    """Options of `training-match`."""

    count: int = Field(default=512, ge=1, le=1_000_000, description="Training examples that are answered.")


class TrainingMatch:
    """Measures exact match on training examples, to be held against that on what nobody trains on."""

    def __init__(self, options: TrainingMatchOptions) -> None:
        self.options = options

    def measure(self, state: TrainingState) -> dict[str, float]:
        """Let the model answer the first training examples."""
        expressions, truths = state.training_examples(self.options.count)
        return {"training-match": exact_match(state.answer(expressions), truths)}

    def epoch(self, state: TrainingState) -> None:
        """Let training go on."""
