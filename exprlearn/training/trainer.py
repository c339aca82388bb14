"""The training loop: epochs of compiled steps, exact match on held-out expressions and a checkpoint after each."""

# stand at the beginning, or where the checkpoint stood that the run is resumed from
# until the last epoch is done:
#     take the examples of the epoch and send them to the device
#     until its steps are done:
#         take as many steps as make a compiled call of about a second
#         somebody wants to stop, or time is up: save and end
#         the last checkpoint is a minute old: save
#     answer the validation split, write a line of metrics.jsonl, save
#     the target is reached, nothing got better for long, time is up, or somebody wants to stop: end
# give the model the weights of its best epoch
#
# Where calls and checkpoints cut an epoch changes no bit of what comes out, so that the clock may decide it.

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exprlearn.backend.keras_import import array_of
from exprlearn.dataset import Splits
from exprlearn.distributed.ranks import ranks_of
from exprlearn.errors import TrainingError
from exprlearn.plugin import Sample
from exprlearn.runs import checkpoint
from exprlearn.runs.checkpoint import Position
from exprlearn.runs.retention import forget_after, prune, read_best
from exprlearn.runs.run import Run
from exprlearn.scoring.metrics import count_right, digit_accuracy
from exprlearn.scoring.scores import compute_metrics
from exprlearn.training.callbacks import Callbacks
from exprlearn.training.compiled_steps import CHECKPOINT_SECONDS, CallLength, steps_of
from exprlearn.training.observers import Observer, StepObserver
from exprlearn.training.optimizers import make_optimizer
from exprlearn.training.stopping import SIGNALS, Stopping, interruption
from exprlearn.training.training_data import CurriculumData, Epoch, training_data

if TYPE_CHECKING:
    import keras

#: Held-out expressions whose answers are shown after each epoch.
SAMPLES = 5


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
        TrainingError: the loss or a weight is NaN or infinite; the last checkpoint is from before.
        CheckpointError: a checkpoint cannot be written; the one before is untouched.
    """
    with interruption(observer.noted) as wish:
        trainer = Trainer(run, splits, observer)
        if resumed is None:
            trainer.save()
        else:
            trainer.resume(resumed)
        lower = run.components.monitor.is_lower_better
        reason = trainer.run_epochs(Stopping(run.config.training, wish, until, trainer.ranks.heard, lower))
    digest = checkpoint.digest_of(trainer.variables)
    trainer.take_best()
    for note in run.answerer.notes(trainer.position.counts):
        observer.noted(note)
    observer.finished(reason)
    position = trainer.position
    return Outcome(reason, position.epoch, position.examples, position.seconds, digest)


class Trainer:
    """Holds what the loop needs from one epoch to the next."""

    def __init__(self, run: Run, splits: Splits, observer: Observer) -> None:
        self.run, self.splits, self.observer = run, splits, observer
        self.position, self.call_length = Position(), CallLength()
        settings, spec = run.config.training, run.components.model
        self.ranks = ranks_of(settings.processes, list(SIGNALS.values()))
        self.begun = self.saved = self.ranks.now()
        self.seconds_before = 0.0
        self.data = training_data(run, splits)
        self.optimizer = make_optimizer(
            settings,
            steps=settings.epochs * self.data.steps,
            optimizer=run.components.optimizer,
            schedule=run.components.learning_rate,
        )
        shape, loss = run.answerer.decoder.shape, run.components.loss
        self.callbacks = Callbacks(run, splits, self.optimizer)
        self.steps = steps_of(run.model, self.optimizer, spec.framing, shape, self.ranks, loss)

    @property
    def variables(self) -> Mapping[str, keras.Variable]:
        """Every variable that training changes."""
        return {**self.run.variables, **checkpoint.name_variables("optimizer", self.optimizer.variables)}

    @property
    def spent(self) -> float:
        """Seconds since this process began to train, or the first of several that ask at the same point."""
        return self.ranks.now() - self.begun

    def resume(self, resumed: checkpoint.Checkpoint) -> None:
        """Stand where a checkpoint stood."""
        checkpoint.restore(self.variables, resumed)
        self.position = Position.of(resumed.state)
        self.seconds_before = self.position.seconds
        self.run.folder.forget_after(self.position.epoch)
        self.callbacks.go_on()
        forget_after(resumed)

    def run_epochs(self, stopping: Stopping) -> str:
        """Train epoch after epoch; return why it ended."""
        begun_at = self.position.epoch
        while self.position.epoch < stopping.last:
            started = self.spent
            epoch = self.data.epoch(self.position)
            reason = self._take_steps(epoch, stopping)
            if reason is None:
                asked = self._end_epoch(epoch)
                reason = stopping.reason(
                    epoch=self.position.epoch,
                    score=self.position.score,
                    improved_epoch=self.position.improved_epoch,
                    seconds=self.spent,
                    asked=asked,
                    # The first epoch of a process compiles, which tells nothing of the next one.
                    last=self.spent - started if self.position.epoch > begun_at + 1 else 0.0,
                )
            if reason is not None:
                return reason
        return stopping.all_done

    def _take_steps(self, epoch: Epoch, stopping: Stopping) -> str | None:
        """Take the steps of the epoch that are left; return why training ends in the middle of it, or None."""
        arrays, order = self.ranks.place(epoch.arrays, epoch.order)
        steps = len(epoch.order)
        while self.position.step < steps:
            self._call(arrays, order, steps)
            if isinstance(self.observer, StepObserver):
                self.observer.advanced(self.position.epoch + 1, self.position.step, steps, epoch.examples // steps)
            if self.position.step == steps:
                break
            reason = stopping.within(seconds=self.spent)
            if reason is not None or self.ranks.now() - self.saved >= CHECKPOINT_SECONDS:
                self.save()
            if reason is not None:
                return reason
        return None

    def _call(self, arrays: Mapping[str, Any], order: Any, end: int) -> None:
        """Take as many steps as one compiled call should."""
        position, started = self.position, self.ranks.now()
        last = min(position.step + self.call_length.steps, end)
        position.loss = self.steps.advance(arrays, order, position.step, last, position.loss)
        self.call_length.note(last - position.step, self.ranks.now() - started)
        position.step = last
        if not math.isfinite(position.loss):
            raise self._diverged(f"the loss became {position.loss}")

    def _end_epoch(self, epoch: Epoch) -> str | None:
        """Evaluate after a whole epoch, write it down and save; return why a callback ends the training, or None.

        Its lines come first: a resumed run drops those that its checkpoint does not know.
        """
        position, held_out = self.position, self.splits.validation
        loss = position.loss / len(epoch.order)
        counts = self.run.answerer.counts
        position.end_epoch(cursor=epoch.cursor, examples=epoch.examples, course=epoch.course, counts=counts)
        truths = held_out.answers.tolist()
        answerer = self.run.answerer
        found = answerer.answer(held_out.expressions)
        answers, written = found.texts, found.written or [""] * len(truths)
        metrics = self._note_scores(answers, truths) | self.callbacks.measure(position.epoch)
        record = self._record(loss, digit_accuracy(answers, truths))
        if metrics:
            record["metrics"] = metrics
        if answerer.reader is not None:
            right = answerer.reader.count_right(held_out.expressions.tolist(), written, truths)
            record["working_right"] = right / len(truths)
        if isinstance(self.data, CurriculumData):
            record["stages"] = self.data.evaluate(self.run.answerer, position)
        shown = zip(held_out.expressions[:SAMPLES].tolist(), answers, truths, written, strict=False)
        asked = self.callbacks.end_epoch(record)
        self._write_epoch(record, [Sample(*texts) for texts in shown])
        return asked

    def _note_scores(self, answers: Sequence[str], truths: Sequence[str]) -> dict[str, float]:
        """Note how good the epoch is by what decides, and return every further metric."""
        monitor = self.run.components.monitor
        exact = count_right(answers, truths) / len(truths)
        metrics = compute_metrics(self.run.components.metrics, answers, truths)
        self.position.note_score(exact, metrics.get(monitor.name, exact), monitor.is_better)
        return metrics

    def _record(self, loss: float, digit_accuracy: float) -> dict[str, Any]:
        return {
            "epoch": self.position.epoch,
            "examples": self.position.examples,
            "loss": loss,
            "exact_match": self.position.exact_match,
            "digit_accuracy": digit_accuracy,
            "learning_rate": float(array_of(self.optimizer.learning_rate)),
            "seconds": round(self.seconds_before + self.spent, 3),
        }

    def _write_epoch(self, record: Mapping[str, Any], samples: Sequence[Sample]) -> None:
        lines = [{"epoch": record["epoch"], **sample.document()} for sample in samples]
        self.run.lock.check()
        self.run.folder.append_epoch(record, lines)
        self.save()
        self.observer.epoch(record, samples, best=self.position.best_epoch == record["epoch"])

    def save(self) -> None:
        """Write a checkpoint of where training stands, and remove those that are not needed any more.

        Raises:
            RunError: the run folder was removed meanwhile, or another process trains it.
        """
        self.run.lock.check()
        self.position.seconds = self.seconds_before + self.spent
        values = {name: array_of(variable) for name, variable in self.variables.items()}
        for name, array in values.items():
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise self._diverged(f"{name} holds what is not a number")
        state = asdict(self.position)
        self.ranks.check_same(lambda: checkpoint.digest_of(values) + json.dumps(state))
        checkpoint.save(self.run.folder.checkpoints, values, state)
        prune(self.run.folder.checkpoints)
        self.saved = self.ranks.now()

    def _diverged(self, what: str) -> TrainingError:
        epoch = self.position.epoch + (self.position.step > 0)
        return TrainingError(
            f"{what} in epoch {epoch}: the last checkpoint is from before; try a smaller --set training.learning_rate"
        )

    def take_best(self) -> None:
        """Give the model the weights of its best epoch, or the last ones when no epoch is done."""
        newest, notes = checkpoint.newest(self.run.folder.checkpoints)
        best, more = read_best(newest)
        for note in (*notes, *more):
            self.observer.noted(note)
        checkpoint.restore(self.run.variables, checkpoint.group(best, "model"))
