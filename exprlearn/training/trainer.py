"""The training loop: epochs of compiled steps, exact match on held-out expressions and a checkpoint after each.

An epoch is cut into compiled calls of about a second. Between two of them a wish to stop is heard, time may be up, and
in a long epoch a checkpoint is written; where the cuts fall changes no bit of what comes out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from exprlearn.dataset import Examples, Splits
from exprlearn.distributed.ranks import Ranks, ranks_of
from exprlearn.errors import TrainingError
from exprlearn.runs import checkpoint
from exprlearn.runs.position import Position
from exprlearn.runs.retention import best_weights, forget_after, prune
from exprlearn.runs.run import Run
from exprlearn.training import pace
from exprlearn.training.curriculum_data import Course
from exprlearn.training.data import LAYOUT, Arrays, Epoch, FixedData, FreshData, training_data
from exprlearn.training.examining import Examination, examine
from exprlearn.training.loss import inputs_of, loss_of
from exprlearn.training.observers import Observer, StepObserver
from exprlearn.training.optimizer import make_optimizer
from exprlearn.training.steps import Steps
from exprlearn.training.stopping import Stopping, interruption

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Outcome:
    """How a training ended.

    Attributes:
        stopped_by: why.
        epochs: how many were done.
        examples: how many it was trained on.
        seconds: how long it took, all its processes at once.
        digest: the SHA-256 of all variables at the end, which every process has come to.
    """

    stopped_by: str
    epochs: int
    examples: int
    seconds: float
    digest: str


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
        TrainingError: the loss or a weight is no number any more; the last checkpoint is from before.
        CheckpointError: a checkpoint cannot be written; the one before is untouched.
    """
    with interruption(observer.noted) as wish:
        trainer = Trainer(run, splits, observer)
        if resumed is None:
            trainer.save()
        else:
            trainer.go_on_from(resumed)
        reason = trainer.run_epochs(Stopping(run.config.training, wish, until, trainer.ranks.heard))
    digest = checkpoint.digest_of(trainer.variables)
    trainer.take_best()
    observer.finished(reason)
    position = trainer.position
    return Outcome(reason, position.epoch, position.examples, position.seconds, digest)


class Trainer:
    """Holds what the loop needs from one epoch to the next."""

    def __init__(self, run: Run, splits: Splits, observer: Observer) -> None:
        self.run, self.splits, self.observer = run, splits, observer
        self.position, self.pace = Position(), pace.Pace()
        self.ranks = ranks_of(run.config.training.processes)
        self.begun = self.saved = self.ranks.now()
        self.before = 0.0
        self.data = _data_of(run, splits)
        settings = run.config.training
        self.optimizer = make_optimizer(settings, steps=settings.epochs * self.data.steps)
        self.steps = _steps_for(run, self.optimizer, self.ranks)

    @property
    def variables(self) -> Mapping[str, keras.Variable]:
        """Every variable that training changes."""
        return {**self.run.variables, **checkpoint.named("optimizer", self.optimizer.variables)}

    @property
    def spent(self) -> float:
        """Seconds since this process began to train, or the first of several that ask at the same point."""
        return self.ranks.now() - self.begun

    def go_on_from(self, resumed: checkpoint.Checkpoint) -> None:
        """Stand where a checkpoint stood."""
        checkpoint.restore(self.variables, resumed)
        self.position = Position.of(resumed.state)
        self.before = self.position.seconds
        self.run.folder.forget_after(self.position.epoch)
        forget_after(resumed)

    def run_epochs(self, stopping: Stopping) -> str:
        """Train epoch after epoch; return why it ended."""
        begun_at = self.position.epoch
        while self.position.epoch < stopping.last:
            started = self.spent
            epoch = self.data.epoch(self.position)
            reason = self._learn(epoch, stopping)
            if reason is None:
                self._end(epoch)
                reason = stopping.reason(
                    epoch=self.position.epoch,
                    exact_match=self.position.exact_match,
                    improved_epoch=self.position.improved_epoch,
                    seconds=self.spent,
                    # The first epoch of a process compiles, which tells nothing of the next one.
                    last=self.spent - started if self.position.epoch > begun_at + 1 else 0.0,
                )
            if reason is not None:
                return reason
        return stopping.all_done

    def _learn(self, epoch: Epoch, stopping: Stopping) -> str | None:
        """Take the steps of the epoch that are left; return why training ends in the middle of it, or None."""
        arrays, order = self.ranks.place(epoch.arrays, epoch.order)
        while self.position.step < len(epoch.order):
            self._advance(arrays, order, len(epoch.order))
            if isinstance(self.observer, StepObserver):
                self.observer.advanced(self.position.epoch + 1, self.position.step, *epoch.order.shape)
            if self.position.step == len(epoch.order):
                break
            reason = stopping.within(seconds=self.spent)
            if reason is not None or self.ranks.now() - self.saved >= pace.CHECKPOINT_SECONDS:
                self.save()
            if reason is not None:
                return reason
        return None

    def _advance(self, arrays: Mapping[str, Any], order: Any, end: int) -> None:
        """Take as many steps as one call should."""
        position, started = self.position, self.ranks.now()
        last = min(position.step + self.pace.steps, end)
        position.loss = self.steps.advance(arrays, order, position.step, last, position.loss)
        self.pace.note(last - position.step, self.ranks.now() - started)
        position.step = last
        if not math.isfinite(position.loss):
            raise self._no_number(f"the loss became {position.loss}")

    def _end(self, epoch: Epoch) -> None:
        """Judge a whole epoch, write it down and save.

        Its lines come first: a resumed run drops those that its checkpoint does not know.
        """
        loss = self.position.loss / len(epoch.order)
        self.position.end_epoch(cursor=epoch.cursor, examples=epoch.order.size, course=epoch.course)
        found = examine(self.run.answerer, self.splits.validation)
        self.position.judge_epoch(found.exact_match)
        record = self._record(loss, found)
        if isinstance(self.data, Course):
            record["stages"] = self.data.judge(self.run.answerer, self.position)
        lines = [{"epoch": record["epoch"], **asdict(sample), "correct": sample.correct} for sample in found.samples]
        self.run.lock.check()
        self.run.folder.append_epoch(record, lines)
        self.save()
        self.observer.epoch(record, found.samples, best=self.position.best_epoch == record["epoch"])

    def _record(self, loss: float, found: Examination) -> dict[str, Any]:
        return {
            "epoch": self.position.epoch,
            "examples": self.position.examples,
            "loss": loss,
            "exact_match": found.exact_match,
            "digit_accuracy": found.digit_accuracy,
            "learning_rate": float(np.asarray(self.optimizer.learning_rate)),
            "seconds": round(self.before + self.spent, 3),
        }

    def save(self) -> None:
        """Write a checkpoint of where training stands, and remove those that are not needed any more.

        Raises:
            RunError: the run folder was removed meanwhile, or another process trains it.
        """
        self.run.lock.check()
        self.position.seconds = self.before + self.spent
        values = {name: np.asarray(variable) for name, variable in self.variables.items()}
        for name, array in values.items():
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise self._no_number(f"{name} holds what is no number")
        self.ranks.check_same(lambda: checkpoint.digest_of(values) + json.dumps(asdict(self.position)))
        checkpoint.save(self.run.folder.checkpoints, values, asdict(self.position))
        prune(self.run.folder.checkpoints)
        self.saved = self.ranks.now()

    def _no_number(self, what: str) -> TrainingError:
        epoch = self.position.epoch + (self.position.step > 0)
        return TrainingError(
            f"{what} in epoch {epoch}: the last checkpoint is from before; try a smaller --set training.learning_rate"
        )

    def take_best(self) -> None:
        """Give the model the weights of its best epoch, or the last ones when no epoch is done."""
        newest, notes = checkpoint.newest(self.run.folder.checkpoints)
        best, more = best_weights(newest)
        for note in (*notes, *more):
            self.observer.noted(note)
        checkpoint.restore(self.run.variables, checkpoint.group(best, "model"))


def _data_of(run: Run, splits: Splits) -> Course | FreshData | FixedData:
    """Say what epochs are made of: the stages of a curriculum, or the task itself."""

    def encode(examples: Examples, epoch: int) -> Arrays:
        random = np.random.default_rng([run.config.seed, LAYOUT, epoch])
        return run.answerer.arrays(examples.expressions, examples.answers, random)

    schedule = run.components.schedule
    if schedule is not None and run.lessons:
        return Course(run.lessons, schedule, encode, run.config)
    return training_data(splits, encode, run.config, anew=run.encoder.augments)


def _steps_for(run: Run, optimizer: keras.Optimizer, ranks: Ranks) -> Steps:
    framing = run.components.model.framing
    shape = run.encoder.shape_for(framing)
    inputs = partial(inputs_of, framing, shape)
    return Steps(run.model, optimizer, inputs, partial(loss_of, framing, shape), ranks)
