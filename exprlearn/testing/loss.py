"""What holds for every loss: one number, lower for better outputs, blind to padding, and lowered by training."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from exprlearn.backend.keras_import import array_of, compiled, load_keras
from exprlearn.backend.reproducibility import seeded
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.plugin import LossContext, Shape
from exprlearn.plugin.kinds.model import Framing
from exprlearn.testing.check import Subject, demand
from exprlearn.testing.contract import Contract
from exprlearn.training.compiled_steps import Steps

SEED = 1
SHAPE = Shape(source_length=4, target_length=6, vocabulary_size=9)
ROWS, BATCH, STEPS, RATE = 32, 8, 200, 0.1
NEAR, FELL, SURE = 1e-5, 0.9, 4.0
Batch = dict[str, NDArray[Any]]


class LossContract(Contract, kind="loss"):
    """What every loss promises."""


@LossContract.check()
def it_is_one_finite_number(subject: Subject) -> None:
    """Compute it for outputs drawn at random, of every framing that it is for."""
    for framing in _framings(subject):
        batch = _batch(framing)
        value = array_of(_compute(subject, framing, _guess(batch), batch))
        demand(value.shape == () and np.isfinite(value), f"for {framing} models it is {value!r}, no finite number")


@LossContract.check(needs=it_is_one_finite_number)
def the_same_batch_has_the_same_loss_compiled_or_not(subject: Subject) -> None:
    """Compute it again, and in a compiled call."""
    for framing in _framings(subject):
        values = _three_times(subject, framing)
        same = np.allclose(values, values[0], rtol=NEAR, atol=NEAR)
        demand(same, f"the loss of one batch is {values[0]:.6g}, compiled {values[1]:.6g} and again {values[2]:.6g}")


@LossContract.check(needs=it_is_one_finite_number)
def better_outputs_have_a_lower_loss(subject: Subject) -> None:
    """Compare outputs that favour what is wanted with such that favour something else."""
    for framing in _framings(subject):
        batch = _batch(framing)
        right, wrong = (float(_compute(subject, framing, each, batch)) for each in (_favour(batch), _favour(batch, 1)))
        demand(right < wrong, f"for {framing} models right outputs have a loss of {right:.4g}, wrong ones {wrong:.4g}")


@LossContract.check(needs=it_is_one_finite_number)
def padding_counts_for_nothing(subject: Subject) -> None:
    """Change the outputs where the target is padding; a mapping model has none."""
    for framing in _framings(subject):
        batch = _batch(framing)
        if framing != "mapping":
            outputs = _guess(batch)
            changed = np.where((batch["target"] == SHAPE.pad)[..., None], outputs[..., ::-1], outputs)
            one, other = (float(_compute(subject, framing, each, batch)) for each in (outputs, changed))
            demand(abs(one - other) < NEAR, f"other outputs at padding move the loss from {one:.6g} to {other:.6g}")


@LossContract.check(needs=it_is_one_finite_number)
def training_lowers_it(subject: Subject) -> None:
    """Take some hundred compiled steps with a small network."""
    keras = load_keras(subject.backend)
    for framing in _framings(subject):
        with seeded(SEED):
            model = _network(keras, framing)
        loss = subject.make()
        steps = Steps(
            model, keras.optimizers.SGD(RATE), lambda batch: [batch["source"]], partial(_computed, loss, framing)
        )
        arrays = _batch(framing) | {"source": np.eye(ROWS, dtype=np.float32)}
        order = np.random.default_rng([SEED, STEPS]).integers(0, ROWS, (STEPS, BATCH), np.int32)
        # Calls with an order of one size are compiled once.
        first = steps.advance(arrays, order, 0, 1, 0.0)
        steps.advance(arrays, order, 1, STEPS, 0.0)
        last = steps.advance(arrays, order, 0, 1, 0.0)
        lowered = last < first - (1 - FELL) * abs(first)
        demand(
            lowered, f"of a {framing} model {STEPS} steps take it from {first:.4g} to {last:.4g}: are there gradients?"
        )


def _framings(subject: Subject) -> Iterator[Framing]:
    yield from subject.spec.framings or get_args(Framing)


def _batch(framing: Framing) -> Batch:
    """Return targets (rows, steps), several to a row where the framing packs, or numbers (rows, 1)."""
    random = np.random.default_rng([SEED, ROWS])
    if framing == "mapping":
        return {"target": random.random((ROWS, 1), np.float32)}
    target = random.integers(3, SHAPE.vocabulary_size, (ROWS, SHAPE.target_length), np.int32)
    target[::2, 2] = target[:, -1] = SHAPE.pad
    segments = np.tile(np.array([1, 1, 1, 2, 2, 0], np.int32), (ROWS, 1))
    return {"target": target, "segments": segments} if FRAMINGS[framing].packs else {"target": target}


def _guess(batch: Batch) -> NDArray[np.float32]:
    """Return outputs drawn at random: logits (rows, steps, vocabulary_size), or numbers (rows, 1)."""
    target, random = batch["target"], np.random.default_rng([SEED, BATCH])
    is_number = target.dtype.kind == "f"
    return random.standard_normal(target.shape if is_number else (*target.shape, SHAPE.vocabulary_size), np.float32)


def _favour(batch: Batch, by: int = 0) -> NDArray[np.float32]:
    """Return outputs (as of `_guess`) that are sure of the target, or of what lies so much beside it."""
    target = batch["target"]
    if target.dtype.kind == "f":
        return (target + by).astype(np.float32)
    wanted = (target + by) % SHAPE.vocabulary_size
    sure = np.where(np.eye(SHAPE.vocabulary_size, dtype=bool)[wanted], SURE, 0.0)
    return sure.astype(np.float32)


def _network(keras: Any, framing: Framing) -> Any:
    """Build rows (batch, ROWS) → outputs of a framing, through one matrix."""
    source = keras.Input((ROWS,))
    if framing == "mapping":
        return keras.Model([source], keras.layers.Dense(1)(source))
    logits = keras.layers.Dense(SHAPE.target_length * SHAPE.vocabulary_size)(source)
    return keras.Model([source], keras.layers.Reshape((SHAPE.target_length, SHAPE.vocabulary_size))(logits))


def _compute(subject: Subject, framing: Framing, outputs: NDArray[Any], batch: Batch) -> NDArray[Any]:
    """Compute the loss of arrays, as an array () float32."""
    ops = load_keras(subject.backend).ops
    tensors = {name: ops.convert_to_tensor(array) for name, array in batch.items()}
    return array_of(_computed(subject.make(), framing, ops.convert_to_tensor(outputs), tensors))


def _three_times(subject: Subject, framing: Framing) -> list[float]:
    """Compute the loss of a batch, then compiled, then again as it is."""
    ops, batch, loss = load_keras(subject.backend).ops, _batch(framing), subject.make()
    tensors = {name: ops.convert_to_tensor(array) for name, array in batch.items()}

    def plain(outputs: Any) -> Any:
        return _computed(loss, framing, outputs, tensors)

    fast, outputs = compiled(plain, []), ops.convert_to_tensor(_guess(batch))
    return [float(array_of(way(outputs))) for way in (plain, fast, plain)]


def _computed(loss: Any, framing: Framing, outputs: Any, batch: Any) -> Any:
    context = LossContext(shape=SHAPE, framing=framing, default=partial(FRAMINGS[framing].loss, SHAPE))
    return loss.compute(outputs, batch, context)
