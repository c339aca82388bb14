"""A plugin for tests: a model of which some settings fail, and an observer that notes what happened.

Every start of a training and every epoch is a line of `notes.txt` in the folder that EXPRLEARN_TEST_NOTES names. There,
at 3 units, the first training is held after its first epoch until it is killed.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from exprlearn.plugin import ModelSpec, ObserverSpec, Options, Shape, hookimpl

SLOW, RAISES, KILLED = 3, 5, 7
#: A config whose trainings take a moment.
TINY = """\
[grammar]
name = "addition"
range = "0..9"
[data]
validation = 10
test = 10
[model]
name = "faulty"
[training]
backend = "jax"
observers = ["notes"]
epochs = 3
examples_per_epoch = 64
batch_size = 32
"""


class FaultyOptions(Options):
    """Options of `faulty`."""

    units: int = 4


def note(line: str) -> None:
    """Add a line, whole even when others write too."""
    with (Path(os.environ["EXPRLEARN_TEST_NOTES"]) / "notes.txt").open("a") as notes:
        notes.write(f"{line}\n")


def build(shape: Shape, options: FaultyOptions):
    """Build the model: source (batch, source_length) int32 → logits (batch, target_length, vocabulary_size)."""
    note(f"begun {options.units} {os.getpid()}")
    if options.units == RAISES:
        raise ArithmeticError("five units are too many")
    if options.units == KILLED:
        os.kill(os.getpid(), signal.SIGKILL)
    import keras

    layers = keras.layers
    source = keras.Input((shape.source_length,), dtype="int32")
    flat = layers.Flatten()(layers.Embedding(shape.vocabulary_size, options.units)(source))
    wide = layers.Dense(shape.target_length * shape.vocabulary_size)(flat)
    return keras.Model([source], layers.Reshape((shape.target_length, shape.vocabulary_size))(wide))


class Notes:
    """Notes the epochs of a run."""

    def __init__(self, options: object) -> None:
        self.units = 0

    def started(self, header) -> None:
        """Read which trial it is."""
        self.units = header.config["model"]["units"]

    def epoch(self, record, samples, *, best: bool) -> None:
        """Note the epoch; hold the slow one."""
        note(f"epoch {self.units} {record['epoch']}")
        held = Path(os.environ["EXPRLEARN_TEST_NOTES"]) / "held"
        if self.units == SLOW and not held.exists() and "EXPRLEARN_TEST_HOLD" in os.environ:
            held.touch()
            time.sleep(600)

    def noted(self, message: str) -> None:
        """Say nothing."""

    def finished(self, ending) -> None:
        """Say nothing."""


@hookimpl
def exprlearn_models() -> Iterable[ModelSpec]:
    """Yield the model."""
    yield ModelSpec(name="faulty", summary="For tests.", framing="sequence", options=FaultyOptions, build=build)


@hookimpl
def exprlearn_observers() -> Iterable[ObserverSpec]:
    """Yield the observer."""
    yield ObserverSpec(name="notes", summary="For tests.", make=Notes)
