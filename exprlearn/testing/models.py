"""What holds for every model before it has learned anything."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.backend.keras_import import load_keras
from exprlearn.plugin import Shape
from exprlearn.testing.check import Check, demand
from exprlearn.testing.memorising import it_memorises_eight_examples
from exprlearn.testing.reloading import its_weights_bring_the_same_answers_to_a_new_process
from exprlearn.testing.subject import Subject
from exprlearn.testing.task import build, task_arrays, task_inputs, task_shape, written
from exprlearn.training.loss import inputs_of, loss_of
from exprlearn.training.steps import Steps

if TYPE_CHECKING:
    import keras

LARGER = Shape(source_length=9, target_length=12, vocabulary_size=30, inputs="one-hot")
NUMBERS = Shape(source_length=5, target_length=1, vocabulary_size=30, features=4)
FIRST_SYMBOL, ROWS = 3, 3
NEAR = 1e-5


def it_writes_the_shape_it_is_asked_for(subject: Subject) -> None:
    """Build for a small and a larger shape, and for every representation of inputs."""
    for shape in _shapes(subject):
        outputs = written(build(subject, shape), _rows(subject, shape))
        logits = (ROWS, shape.target_length, shape.vocabulary_size)
        wanted = (ROWS, 1) if subject.spec.framing == "mapping" else logits
        demand(outputs.shape == wanted, f"of {ROWS} rows of {shape} it writes {outputs.shape}, not {wanted}")
        demand(np.isfinite(outputs).all(), f"of {ROWS} rows of {shape} it writes numbers that are not finite")


def the_same_seed_gives_the_same_weights(subject: Subject) -> None:
    """Build twice, and compare every weight."""
    shape = task_shape(subject.spec.framing)
    for one, other in zip(build(subject, shape).variables, build(subject, shape).variables, strict=True):
        same = np.array_equal(np.asarray(one), np.asarray(other))
        demand(same, f"built twice of one seed, the weights of '{one.path}' differ: give no initializer its own seed")


def building_it_prints_nothing(subject: Subject) -> None:
    """Listen while it is built: standard output is for results."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        build(subject, task_shape(subject.spec.framing))
    demand(not said.getvalue(), f"it prints {said.getvalue()[:60]!r}")


def an_answer_does_not_depend_on_the_rows_beside_it(subject: Subject) -> None:
    """Ask rows together, and the first and the last alone."""
    inputs = task_inputs(subject)
    together = written(subject.model, inputs)
    for row in (0, len(together) - 1):
        alone = written(subject.model, [column[row : row + 1] for column in inputs])[0]
        worst = float(np.abs(alone - together[row]).max())
        demand(worst < 10 * NEAR, f"asked alone, row {row} is written otherwise than among others, by {worst:.2g}")


def no_step_looks_at_a_later_token(subject: Subject) -> None:
    """Change the tokens of the answer from a step on: what is written before them must not move."""
    source, previous = task_inputs(subject)
    symbols = task_shape(subject.spec.framing).vocabulary_size - FIRST_SYMBOL
    before = written(subject.model, [source, previous])
    for step in range(1, previous.shape[1]):
        is_later = (np.arange(previous.shape[1]) >= step) & (previous >= FIRST_SYMBOL)
        changed = np.where(is_later, FIRST_SYMBOL + (previous - FIRST_SYMBOL + 1) % symbols, previous)
        worst = _distance(before[:, :step], written(subject.model, [source, changed.astype(np.int32)])[:, :step])
        demand(worst < NEAR, f"another token at step {step} changes the steps before it, by {worst:.2g}")


def the_loss_is_blind_to_padding(subject: Subject) -> None:
    """Change what the decoder reads where the answer has ended: the loss must not move."""
    source, previous = task_inputs(subject)
    target = task_arrays(subject)["target"]
    shape = task_shape(subject.spec.framing)
    changed = np.where(target == shape.pad, FIRST_SYMBOL, previous).astype(np.int32)
    losses = [
        float(loss_of(subject.spec.framing, shape, subject.model([source, read], training=False), {"target": target}))
        for read in (previous, changed)
    ]
    demand(abs(losses[0] - losses[1]) < NEAR, f"other tokens behind the end mark move the loss: {losses}")


def what_it_adds_to_the_loss_counts(subject: Subject) -> None:
    """Take a step in which nothing else is to be learned: regularizers and `add_loss` must move a weight."""
    framing, shape = subject.spec.framing, task_shape(subject.spec.framing)
    model = build(subject, shape)
    model(task_inputs(subject), training=True)
    if not model.losses:
        return
    before = _shaken(model)
    keras = load_keras(subject.backend)
    steps = Steps(
        model,
        keras.optimizers.SGD(1.0),
        lambda batch: inputs_of(framing, shape, batch),
        lambda outputs, batch: 0.0 * keras.ops.sum(outputs),
    )
    arrays = task_arrays(subject)
    added = steps.run(arrays, np.arange(len(arrays["target"]), dtype=np.int32)[None])
    demand(np.isfinite(added), f"it adds {added} to the loss, which is no number")
    moved = any((np.asarray(one) != old).any() for one, old in zip(model.trainable_variables, before, strict=True))
    demand(moved, f"it adds {added:.3g} to the loss, and that moves no weight: add what `keras.ops` make of weights")


def cut_in_two_it_writes_the_same(subject: Subject) -> None:
    """Write step by step with what `incremental` returns, and compare with the whole model."""
    source, previous = task_inputs(subject)
    whole, cut = written(subject.model, [source, previous]), subject.spec.incremental(subject.model)
    tensor = load_keras(subject.backend).ops.convert_to_tensor
    state = list(cut.encode(source, training=False))
    for step in range(previous.shape[1]):
        logits, *state = cut.step([tensor(previous[:, step : step + 1]), *state], training=False)
        worst = _distance(np.asarray(logits)[:, 0], whole[:, step])
        demand(worst < 10 * NEAR, f"cut in two, it writes step {step} otherwise than whole, by {worst:.2g}")


def _shaken(model: keras.Model) -> list[NDArray[np.float32]]:
    """Give every weight some noise, for a penalty pulls at no weight that is zero; return the new values."""
    random = np.random.default_rng([1, ROWS])
    values = [
        np.asarray(each) + 0.1 * random.standard_normal(tuple(each.shape), np.float32)
        for each in model.trainable_variables
    ]
    for variable, value in zip(model.trainable_variables, values, strict=True):
        variable.assign(value)
    return values


def _distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.abs(one - other).max())


def _shapes(subject: Subject) -> list[Shape]:
    if subject.spec.framing == "mapping":
        return [task_shape("mapping"), NUMBERS]
    return [task_shape(subject.spec.framing), LARGER, replace(LARGER, inputs="integer")]


def _rows(subject: Subject, shape: Shape) -> list[NDArray[np.float32] | NDArray[np.int32]]:
    random = np.random.default_rng([0, ROWS])
    if subject.spec.framing == "mapping":
        return [random.random((ROWS, shape.source_length, shape.features), np.float32)]
    lengths = [shape.source_length] + [shape.target_length] * (subject.spec.framing == "teacher-forced")
    return [random.integers(0, shape.vocabulary_size, (ROWS, length), np.int32) for length in lengths]


def _is_teacher_forced(subject: Subject) -> bool:
    return bool(subject.spec.framing == "teacher-forced")


CHECKS = (
    Check(it_writes_the_shape_it_is_asked_for),
    Check(the_same_seed_gives_the_same_weights),
    Check(building_it_prints_nothing),
    Check(an_answer_does_not_depend_on_the_rows_beside_it),
    Check(no_step_looks_at_a_later_token, applies=_is_teacher_forced),
    Check(the_loss_is_blind_to_padding, applies=_is_teacher_forced),
    Check(
        cut_in_two_it_writes_the_same,
        applies=lambda subject: _is_teacher_forced(subject) and subject.spec.incremental is not None,
    ),
    Check(what_it_adds_to_the_loss_counts),
    Check(it_memorises_eight_examples),
    Check(its_weights_bring_the_same_answers_to_a_new_process),
)
