"""What holds for every callback: it goes by model and history, leaves the weights alone, and says why it ends."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from exprlearn.backend.keras_import import array_of, load_keras
from exprlearn.backend.reproducibility import seeded
from exprlearn.plugin import Measuring, TrainingState
from exprlearn.testing.check import Subject, demand, demand_silence, offers
from exprlearn.testing.contract import Contract
from exprlearn.testing.optimizer import network

SEED, EPOCHS = 1, 4
EXPRESSIONS, ANSWERS = ("12+34", "7*8", "1+1"), ("46", "56", "2")


class CallbackContract(Contract, kind="callback"):
    """What every callback promises."""


@CallbackContract.check()
def it_says_why_training_ends_or_nothing(subject: Subject) -> None:
    """Ask it after every epoch of a training."""
    with _told(subject) as asked:
        for reason, _ in asked:
            plain = reason is None or (isinstance(reason, str) and reason and "\n" not in reason)
            demand(plain, f"epoch must return a reason of one line or None, received {reason!r}")


@CallbackContract.check(applies=offers(Measuring), needs=it_says_why_training_ends_or_nothing)
def it_measures_finite_numbers(subject: Subject) -> None:
    """Look at what it measures after every epoch."""
    with _told(subject) as asked:
        for _, measured in asked:
            for name, value in measured.items():
                finite = isinstance(name, str) and math.isfinite(value)
                demand(finite, f"measure must return finite numbers by name, received {name!r}: {value!r}")


@CallbackContract.check(needs=it_says_why_training_ends_or_nothing)
def it_leaves_the_weights_alone(subject: Subject) -> None:
    """Compare all variables before and after an epoch: they have been scored already."""
    with _states(subject) as states:
        state, callback = states[-1], subject.make()
        variables = [*state.model.variables, *state.optimizer.variables]
        before = [array_of(variable).copy() for variable in variables]
        _ask(callback, state)
        for variable, value in zip(variables, before, strict=True):
            demand(np.array_equal(array_of(variable), value), f"it changes '{variable.path}', which was scored before")


@CallbackContract.check(needs=it_says_why_training_ends_or_nothing)
def made_anew_it_says_the_same(subject: Subject) -> None:
    """Tell one the whole training, and one that is made anew the last epoch alone, as when a run goes on."""
    with _states(subject) as states:
        whole = subject.make()
        *_, there = (_ask(whole, state) for state in states)
        here = _ask(subject.make(), states[-1])
    demand(here == there, f"told all epochs it says {there!r}, made anew {here!r}: go by state.history, not by memory")


@CallbackContract.check(needs=it_says_why_training_ends_or_nothing)
def it_prints_nothing_to_standard_output(subject: Subject) -> None:
    """Ask it meanwhile: standard output is for results."""
    with demand_silence(": write to standard error or to a file"), _told(subject):
        pass


def _ask(callback: Any, state: TrainingState) -> tuple[str | None, dict[str, float]]:
    """Ask a callback as a training does: what it measures stands in the line that it sees then."""
    measured: Mapping[str, float] = callback.measure(state) if isinstance(callback, Measuring) else {}
    *earlier, last = state.history
    history = [*earlier, {**last, "metrics": {**last["metrics"], **measured}}]
    return callback.epoch(replace(state, history=history)), dict(measured)


@contextmanager
def _told(subject: Subject) -> Iterator[list[tuple[str | None, dict[str, float]]]]:
    """Tell a callback a whole training; gives what it said after each epoch."""
    with _states(subject) as states:
        callback = subject.make()
        yield [_ask(callback, state) for state in states]


@contextmanager
def _states(subject: Subject) -> Iterator[list[TrainingState]]:
    """Give where a training of a small network stands after each of its epochs."""
    keras = load_keras(subject.backend)
    with seeded(SEED):
        model = network(keras)
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(model.trainable_variables)

    def answer(expressions: Sequence[str]) -> list[str]:
        known = dict(zip(EXPRESSIONS, ANSWERS, strict=True))
        return [known.get(expression, "") for expression in expressions]

    with tempfile.TemporaryDirectory() as folder:
        yield [
            TrainingState(
                epoch=epoch,
                model=model,
                optimizer=optimizer,
                history=[_row(number) for number in range(1, epoch + 1)],
                folder=Path(folder),
                answer=answer,
                training_examples=lambda count: (list(EXPRESSIONS)[:count], list(ANSWERS)[:count]),
            )
            for epoch in range(1, EPOCHS + 1)
        ]


def _row(epoch: int) -> dict[str, Any]:
    right = epoch / EPOCHS
    known = {"epoch": epoch, "examples": 1000 * epoch, "loss": 1 - right, "exact_match": right, "digit_accuracy": right}
    return {**known, "learning_rate": 3e-3, "seconds": 1.0 * epoch, "metrics": {}}
