"""What holds for every optimizer: it obeys rate and clipping, learns, and remembers in its variables alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.backend.keras_import import array_of, load_keras
from exprlearn.backend.reproducibility import seeded
from exprlearn.plugin import Selective
from exprlearn.testing.check import Subject, demand, offers
from exprlearn.testing.contract import Contract
from exprlearn.training.compiled_steps import Steps

if TYPE_CHECKING:
    import keras

SEED, OTHER_SEED = 1, 2
RATE, CLIP = 1e-2, 1.0
EXAMPLES, BATCH, STEPS, CUT = 64, 16, 200, 3
NEAR = 1e-3
FELL = 0.9


class OptimizerContract(Contract, kind="optimizer"):
    """What every optimizer promises."""


class Training:
    """A small network of dense layers, what it learns, and the steps that an optimizer takes."""

    def __init__(self, subject: Subject, *, seed: int) -> None:
        keras = load_keras(subject.backend)
        with seeded(seed):
            self.model = network(keras)
        self.optimizer = subject.make().build(RATE, RATE, CLIP)
        self.steps = Steps(
            self.model,
            self.optimizer,
            lambda batch: [batch["source"]],
            lambda outputs, batch: keras.ops.mean(keras.ops.square(outputs - batch["target"])),
        )
        self.arrays, self.order = _task()

    def advance(self, first: int, last: int) -> float:
        """Take steps, and return their mean loss."""
        return self.steps.advance(self.arrays, self.order, first, last, 0.0) / (last - first)

    @property
    def variables(self) -> list[keras.Variable]:
        """List all that a checkpoint holds."""
        return [*self.model.variables, *self.optimizer.variables]

    def values(self) -> list[NDArray[Any]]:
        """Return what the variables hold now, matrices (rows, columns) and vectors (n,)."""
        return [array_of(variable).copy() for variable in self.variables]


def network(keras: Any) -> keras.Model:
    """Build features (batch, 8) → (batch, 4), through two matrices that nothing sets apart and one called `logits`."""
    source = keras.Input((8,))
    hidden = keras.layers.Dense(16, "tanh", name="first")(source)
    hidden = keras.layers.Dense(16, "tanh", name="second")(hidden)
    return keras.Model([source], keras.layers.Dense(4, name="logits")(hidden))


@lru_cache(maxsize=1)
def _train_task(subject: Subject) -> tuple[Training, list[NDArray[Any]], list[NDArray[Any]], tuple[float, float]]:
    """Train, and return what was known after three steps and after six, and the first and the last losses."""
    training = Training(subject, seed=SEED)
    first = training.advance(0, CUT)
    early = training.values()
    training.advance(CUT, 2 * CUT)
    later = training.values()
    training.advance(2 * CUT, STEPS - CUT)
    return training, early, later, (first, training.advance(STEPS - CUT, STEPS))


@OptimizerContract.check()
def the_learning_rate_is_what_is_asked_for(subject: Subject) -> None:
    """Build it for a number and for a schedule, and read its rate."""
    keras = load_keras(subject.backend)
    falling = keras.optimizers.schedules.PolynomialDecay(RATE, 10)
    for rate in (RATE, falling):
        told = float(array_of(subject.make().build(rate, RATE, None).learning_rate))
        demand(np.isclose(told, RATE), f"asked for a learning rate of {RATE}, it says {told:g}: hand it on")


@OptimizerContract.check()
def a_rate_of_zero_moves_nothing(subject: Subject) -> None:
    """Take a step at a rate of zero."""
    before, after = _step(subject, 0.0, CLIP, 1.0)
    demand(_distance(before, after) == 0, f"at a rate of 0 weights move, by {_distance(before, after):.2g}")


@OptimizerContract.check()
def gradients_are_clipped_as_it_is_asked(subject: Subject) -> None:
    """Take the same step from gradients two and a thousand times as long as the norm they are clipped to."""
    before, near = _step(subject, RATE, CLIP, 2.0)
    _, far = _step(subject, RATE, CLIP, 1000.0)
    moved, apart = _distance(before, near), _distance(near, far)
    demand(
        apart <= NEAR * moved,
        f"clipped to {CLIP}, longer gradients give another step, by {apart:.2g}: hand global_clipnorm on",
    )


@OptimizerContract.check()
def it_lowers_the_loss(subject: Subject) -> None:
    """Train a small network for some hundred steps."""
    *_, (first, last) = _train_task(subject)
    demand(last < FELL * first, f"in {STEPS} steps the loss went from {first:.3g} to {last:.3g}")


@OptimizerContract.check()
def gone_on_from_its_variables_it_does_the_same(subject: Subject) -> None:
    """Give what it knew after three steps to one that was made anew, and compare what both know after six."""
    _, early, later, _ = _train_task(subject)
    anew = Training(subject, seed=OTHER_SEED)
    for variable, value in zip(anew.variables, early, strict=True):
        variable.assign(value)
    anew.advance(CUT, 2 * CUT)
    for variable, here, there in zip(anew.variables, anew.values(), later, strict=True):
        demand(
            np.array_equal(here, there),
            f"gone on from its variables, '{variable.path}' comes out otherwise: what it remembers must lie in them",
        )


@OptimizerContract.check(applies=offers(Selective))
def what_it_says_of_a_model_is_text(subject: Subject) -> None:
    """Let it tell how it treats the weights of the network."""
    notes = subject.make().notes(network(load_keras(subject.backend)).trainable_variables)
    text = isinstance(notes, Sequence) and all(isinstance(note, str) and note and "\n" not in note for note in notes)
    demand(text, f"notes must be sentences of one line, received {notes!r}")


def _step(subject: Subject, rate: float, clip: float, norm: float) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
    """Take one step from gradients of a norm; return the weights before and after."""
    keras = load_keras(subject.backend)
    with seeded(SEED):
        variables = network(keras).trainable_variables
    before = [array_of(variable).copy() for variable in variables]
    random = np.random.default_rng([SEED, BATCH])
    gradients = [random.standard_normal(value.shape) for value in before]
    length = np.sqrt(sum(float(np.square(each).sum()) for each in gradients))
    optimizer = subject.make().build(rate, RATE, clip)
    optimizer.build(variables)
    tensors = [keras.ops.convert_to_tensor((norm / length * each).astype(np.float32)) for each in gradients]
    optimizer.apply(tensors, variables)
    return before, [array_of(variable).copy() for variable in variables]


def _task() -> tuple[dict[str, NDArray[np.float32]], NDArray[np.int32]]:
    random = np.random.default_rng([SEED, EXAMPLES])
    source = random.standard_normal((EXAMPLES, 8), np.float32)
    target = np.sin(source @ random.standard_normal((8, 4), np.float32))
    order = random.integers(0, EXAMPLES, (STEPS, BATCH), np.int32)
    return {"source": source, "target": target}, order


def _distance(one: list[NDArray[Any]], other: list[NDArray[Any]]) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))
