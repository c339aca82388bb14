"""The training loop: epochs of compiled steps, exact match on held-out expressions and a checkpoint after each."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from exprlearn.dataset import Splits
from exprlearn.errors import TrainingError
from exprlearn.scoring.metrics import count_right, digit_accuracy
from exprlearn.training import checkpoint
from exprlearn.training.data import FixedData, FreshData, training_data
from exprlearn.training.loss import inputs_of, loss_of
from exprlearn.training.observer import Observer, Sample
from exprlearn.training.optimizer import make_optimizer
from exprlearn.training.run import Run
from exprlearn.training.steps import Steps
from exprlearn.training.stopping import Stopping, interruption

if TYPE_CHECKING:
    import keras

SAMPLES = 5


@dataclass
class Position:
    """Where a training stands; a checkpoint holds it.

    Attributes:
        epoch: epochs done.
        cursor: where the next epoch goes on in the stream.
        examples: examples trained on.
        seconds: time spent.
        best_epoch: the last epoch with the highest exact match, which later epochs with smaller steps may equal.
        improved_epoch: the first one, from which patience counts.
        best_exact_match: the highest exact match on the validation split.
    """

    epoch: int = 0
    cursor: int = 0
    examples: int = 0
    seconds: float = 0.0
    best_epoch: int = 0
    improved_epoch: int = 0
    best_exact_match: float = -1.0


@dataclass(frozen=True)
class Outcome:
    """How a training ended."""

    stopped_by: str
    epochs: int
    examples: int
    seconds: float


def train(
    run: Run,
    splits: Splits,
    observer: Observer,
    *,
    resumed: checkpoint.Checkpoint | None = None,
    until: int | None = None,
) -> Outcome:
    """Train until the config says stop; the model then has the weights of its best epoch.

    Args:
        run: what to train.
        splits: its examples.
        observer: hears of every epoch.
        resumed: where to go on from.
        until: the epoch to stop after, whatever else the config says.

    Raises:
        TrainingError: the loss is no number any more; the last checkpoint is from before.
    """
    trainer = Trainer(run, splits, observer)
    if resumed is not None:
        trainer.go_on_from(resumed)
    with interruption(observer.noted) as wish:
        reason = trainer.run_epochs(Stopping(run.config.training, wish, until))
    trainer.take_best()
    observer.finished(reason)
    return Outcome(reason, trainer.position.epoch, trainer.position.examples, trainer.position.seconds)


class Trainer:
    """Holds what the loop needs from one epoch to the next."""

    def __init__(self, run: Run, splits: Splits, observer: Observer) -> None:
        self.run, self.splits, self.observer = run, splits, observer
        self.position = Position()
        self.data: FreshData | FixedData = training_data(
            splits, lambda examples: run.answerer.arrays(examples.expressions, examples.answers), run.config
        )
        settings = run.config.training
        self.optimizer = make_optimizer(settings, steps=settings.epochs * len(self.order))
        self.steps = _steps_for(run, self.optimizer)

    @property
    def order(self) -> Any:
        """The order of an epoch's rows; all epochs have the same shape."""
        return self.data.epoch(0, 0).order if isinstance(self.data, FixedData) else self.data.order

    @property
    def variables(self) -> Mapping[str, keras.Variable]:
        """Every variable that training changes."""
        return {**self.run.variables, **checkpoint.named("optimizer", self.optimizer.variables)}

    def go_on_from(self, resumed: checkpoint.Checkpoint) -> None:
        """Stand where a checkpoint stood."""
        checkpoint.restore(self.variables, resumed)
        self.position = Position(**{name: resumed.state[name] for name in asdict(self.position)})
        self.run.folder.forget_after(self.position.epoch)

    def run_epochs(self, stopping: Stopping) -> str:
        """Train epoch after epoch; return why it ended."""
        begun, before = time.monotonic(), self.position.seconds
        while self.position.epoch < stopping.settings.epochs:
            started = time.monotonic()
            loss = self._learn()
            record, samples = self._examine(loss, before + time.monotonic() - begun)
            self._save(record, samples)
            reason = stopping.reason(
                epoch=self.position.epoch,
                exact_match=record["exact_match"],
                improved_epoch=self.position.improved_epoch,
                seconds=time.monotonic() - begun,
                last=time.monotonic() - started,
            )
            if reason is not None:
                return reason
        return f"all {stopping.settings.epochs} epochs done"

    def _learn(self) -> float:
        epoch = self.data.epoch(self.position.epoch, self.position.cursor)
        loss = self.steps.run(epoch.arrays, epoch.order)
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss became {loss} in epoch {self.position.epoch + 1}: the last checkpoint is from before; "
                "try a smaller --set training.learning_rate"
            )
        self.position.epoch += 1
        self.position.cursor = epoch.cursor
        self.position.examples += epoch.order.size
        return loss

    def _examine(self, loss: float, seconds: float) -> tuple[dict[str, Any], list[Sample]]:
        """Let the model answer the validation split, as it would answer a user."""
        held_out = self.splits.validation
        truths = held_out.answers.tolist()
        answers = self.run.answerer.answer(held_out.expressions).texts
        exact_match = count_right(answers, truths) / len(truths)
        position = self.position
        position.seconds = seconds
        if exact_match > position.best_exact_match:
            position.improved_epoch, position.best_exact_match = position.epoch, exact_match
        if exact_match == position.best_exact_match:
            position.best_epoch = position.epoch
        record = {
            "epoch": position.epoch,
            "examples": position.examples,
            "loss": loss,
            "exact_match": exact_match,
            "digit_accuracy": digit_accuracy(answers, truths),
            "learning_rate": float(np.asarray(self.optimizer.learning_rate)),
            "seconds": round(seconds, 3),
        }
        shown = zip(held_out.expressions[:SAMPLES].tolist(), answers, truths, strict=False)
        return record, [Sample(*texts) for texts in shown]

    def _save(self, record: dict[str, Any], samples: list[Sample]) -> None:
        """Write the epoch's lines first: a resumed run drops those that its checkpoint does not know."""
        lines = [{"epoch": record["epoch"], **asdict(sample), "correct": sample.correct} for sample in samples]
        self.run.folder.append_epoch(record, lines)
        checkpoint.save(self.run.folder.checkpoints, self.variables, asdict(self.position))
        self.observer.epoch(record, samples, best=self.position.best_epoch == record["epoch"])

    def take_best(self) -> None:
        """Give the model the weights of its best epoch."""
        place = self.run.folder.checkpoints / f"epoch-{self.position.best_epoch:05d}"
        checkpoint.restore(self.run.variables, checkpoint.group(checkpoint.read(place), "model"))


def _steps_for(run: Run, optimizer: keras.Optimizer) -> Steps:
    framing = run.components.model.framing
    shape = run.encoder.shape_for(framing)
    inputs = partial(inputs_of, framing, shape)
    return Steps(run.model, optimizer, inputs, partial(loss_of, framing, shape))
