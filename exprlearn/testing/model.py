"""What holds for every model: before it learns, when it learns eight examples by heart, and when it is reloaded."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.backend.keras_import import array_of, load_keras
from exprlearn.config import Preset, RunConfig, read_config
from exprlearn.decoding.teacher_forcing import one_step_late
from exprlearn.errors import OptionError
from exprlearn.plugin import Shape
from exprlearn.runs import checkpoint
from exprlearn.testing.check import Subject, demand, demand_silence
from exprlearn.testing.contract import Contract
from exprlearn.testing.fresh import ask_about
from exprlearn.testing.task import (
    ANSWERS,
    EXPRESSIONS,
    answerer_of,
    build,
    model_of,
    outputs_of,
    rules_of,
    shake,
    task_arrays,
    task_inputs,
    task_rows,
    task_shape,
)
from exprlearn.training.compiled_steps import Steps
from exprlearn.training.learning_rates import ConstantRate
from exprlearn.training.optimizers import make_optimizer

LARGER = Shape(source_length=9, target_length=12, vocabulary_size=30, inputs="one-hot")
NUMBERS = Shape(source_length=5, target_length=1, vocabulary_size=30, features=4)
FIRST_SYMBOL, ROWS = 3, 3
NEAR = 1e-5
ROUNDS, STEPS = 20, 100
MEMORISING = {"learning_rate": 3e-3}
# Not the seed of the model that is built in the new process: its weights must be overwritten.
OTHER_SEED = 2


def _writes_by_steps(subject: Subject) -> bool:
    return bool(subject.spec.framing in ("teacher-forced", "causal"))


def _reads_segments(subject: Subject) -> bool:
    return bool(subject.spec.framing in ("causal", "rewriting"))


class ModelContract(Contract, kind="model"):
    """What every model promises."""


@ModelContract.check(applies=lambda subject: bool(subject.spec.defaults))
def its_defaults_are_settings(subject: Subject) -> None:
    """Take the defaults as the settings of a run: each must be there, and take its value."""
    try:
        read_config(preset=Preset("defaults", subject.spec.defaults), plugins=subject.plugins, of_model=False)
    except OptionError as error:
        demand(False, str(error))


@ModelContract.check()
def it_writes_the_shape_it_is_asked_for(subject: Subject) -> None:
    """Build for a small and a larger shape, and for every representation of inputs."""
    for shape in _shapes(subject):
        outputs = outputs_of(build(subject, shape), _rows(subject, shape))
        wanted = (ROWS, *rules_of(subject).output_shape(shape))
        demand(outputs.shape == wanted, f"of {ROWS} rows of {shape} it writes {outputs.shape}, not {wanted}")
        demand(np.isfinite(outputs).all(), f"of {ROWS} rows of {shape} it writes numbers that are not finite")


@ModelContract.check()
def the_same_seed_gives_the_same_weights(subject: Subject) -> None:
    """Build twice, and compare every weight."""
    shape = task_shape(subject)
    for one, other in zip(build(subject, shape).variables, build(subject, shape).variables, strict=True):
        same = np.array_equal(array_of(one), array_of(other))
        demand(same, f"built twice of one seed, the weights of '{one.path}' differ: give no initializer its own seed")


@ModelContract.check()
def building_it_prints_nothing(subject: Subject) -> None:
    """Listen while it is built: standard output is for results."""
    with demand_silence():
        build(subject, task_shape(subject))


@ModelContract.check()
def an_answer_does_not_depend_on_the_rows_beside_it(subject: Subject) -> None:
    """Ask rows together, and the first and the last alone."""
    inputs = task_inputs(subject)
    together = outputs_of(model_of(subject), inputs)
    for row in (0, len(together) - 1):
        alone = outputs_of(model_of(subject), [column[row : row + 1] for column in inputs])[0]
        worst = float(np.abs(alone - together[row]).max())
        demand(worst < 10 * NEAR, f"asked alone, row {row} is written otherwise than among others, by {worst:.2g}")


@ModelContract.check(applies=_reads_segments)
def an_example_is_written_alike_beside_others_in_its_row(subject: Subject) -> None:
    """Write two examples in one row, and each alone in one."""
    tokens, segments = task_inputs(subject)
    each = [row[of == number] for row, of in zip(tokens, segments, strict=True) for number in range(1, of.max() + 1)]
    alone = [outputs_of(model_of(subject), [text[None], np.ones_like(text)[None]])[0] for text in each[:2]]
    numbers = np.repeat(np.array([1, 2], np.int32), [len(text) for text in each[:2]])
    together = outputs_of(model_of(subject), [np.concatenate(each[:2])[None], numbers[None]])[0]
    worst = _distance(np.concatenate(alone), together)
    demand(worst < 10 * NEAR, f"beside another one in its row, an example is written otherwise, by {worst:.2g}")


@ModelContract.check(applies=_writes_by_steps)
def no_step_looks_at_a_later_token(subject: Subject) -> None:
    """Change the tokens of the answer from a step on: what is written up to there must not move."""
    source, target = task_rows(subject)
    symbols = task_shape(subject).vocabulary_size - FIRST_SYMBOL
    before = _logits(subject, source, target)
    for step in range(target.shape[1] - 1):
        is_later = (np.arange(target.shape[1]) >= step) & (target >= FIRST_SYMBOL)
        changed = np.where(is_later, FIRST_SYMBOL + (target - FIRST_SYMBOL + 1) % symbols, target)
        worst = _distance(before[:, : step + 1], _logits(subject, source, changed.astype(np.int32))[:, : step + 1])
        demand(worst < NEAR, f"another token at step {step} changes what is written up to there, by {worst:.2g}")


@ModelContract.check(applies=_writes_by_steps)
def the_loss_is_blind_to_padding(subject: Subject) -> None:
    """Change what is read where an answer has ended: the loss must not move."""
    rules, shape, arrays = rules_of(subject), task_shape(subject), task_arrays(subject)
    inputs = task_inputs(subject)
    place, ended = (0, inputs[1] == 0) if _reads_segments(subject) else (1, arrays["target"] == shape.pad)
    changed = list(inputs)
    changed[place] = np.where(ended, FIRST_SYMBOL, inputs[place]).astype(np.int32)
    outputs = [model_of(subject)(read, training=False) for read in (inputs, changed)]
    losses = [float(array_of(rules.loss(shape, each, arrays))) for each in outputs]
    demand(abs(losses[0] - losses[1]) < NEAR, f"other tokens behind the end mark move the loss: {losses}")


@ModelContract.check(applies=lambda subject: _writes_by_steps(subject) and subject.spec.incremental is not None)
def cut_in_two_it_writes_the_same(subject: Subject) -> None:
    """Write step by step with what `incremental` returns, and compare with the whole model."""
    source, target = task_rows(subject)
    whole, cut = _logits(subject, source, target), subject.spec.incremental(model_of(subject))
    tensor = load_keras(subject.backend).ops.convert_to_tensor
    state = list(cut.encode(source, training=False))
    previous = array_of(one_step_late(target, task_shape(subject)))
    for step in range(target.shape[1]):
        logits, *state = cut.step([tensor(previous[:, step : step + 1]), *state], training=False)
        worst = _distance(array_of(logits)[:, 0], whole[:, step])
        demand(worst < 10 * NEAR, f"cut in two, it writes step {step} otherwise than whole, by {worst:.2g}")


@ModelContract.check()
def what_it_adds_to_the_loss_counts(subject: Subject) -> None:
    """Take a step in which nothing else is to be learned: regularizers and `add_loss` must move a weight."""
    rules, shape = rules_of(subject), task_shape(subject)
    model = build(subject, shape)
    model(task_inputs(subject), training=True)
    if not model.losses:
        return
    before = shake(model)
    keras = load_keras(subject.backend)
    steps = Steps(
        model,
        keras.optimizers.SGD(1.0),
        lambda batch: rules.inputs(shape, batch),
        lambda outputs, batch: 0.0 * keras.ops.sum(outputs),
    )
    arrays = task_arrays(subject)
    added = steps.run(arrays, np.arange(len(arrays["target"]), dtype=np.int32)[None])
    demand(np.isfinite(added), f"it adds {added} to the loss, which is not a number")
    moved = any((array_of(one) != old).any() for one, old in zip(model.trainable_variables, before, strict=True))
    demand(moved, f"it adds {added:.3g} to the loss, and that moves no weight: add what `keras.ops` make of weights")


@ModelContract.check()
def it_memorises_eight_examples(subject: Subject) -> None:
    """Train on eight examples until it writes their answers by itself."""
    rules, shape = rules_of(subject), task_shape(subject)
    model = build(subject, shape)
    steps = Steps(
        model,
        make_optimizer(
            RunConfig.model_validate({"training": MEMORISING}).training, steps=ROUNDS * STEPS, schedule=ConstantRate()
        ),
        lambda batch: rules.inputs(shape, batch),
        lambda outputs, batch: rules.loss(shape, outputs, batch),
    )
    arrays = task_arrays(subject)
    order = np.tile(np.arange(len(arrays["source"]), dtype=np.int32), (STEPS, 1))
    for _ in range(ROUNDS):
        loss = steps.run(arrays, order)
        texts = answerer_of(subject, model).answer(list(EXPRESSIONS)).texts
        if texts == list(ANSWERS):
            return
    wrong = [triple for triple in zip(EXPRESSIONS, texts, ANSWERS, strict=True) if triple[1] != triple[2]]
    demand(False, f"after {ROUNDS * STEPS} steps, at a loss of {loss:.3g}, it writes {wrong[0][0]}={wrong[0][1]!r}")


@ModelContract.check()
def its_weights_bring_the_same_answers_to_a_new_process(subject: Subject) -> None:
    """Write a checkpoint, load it in a new process on each backend and compare what the models write."""
    model = build(subject, task_shape(subject), seed=OTHER_SEED)
    here = outputs_of(model, task_inputs(subject))
    with tempfile.TemporaryDirectory() as folder:
        variables = checkpoint.name_variables("model", model.variables)
        checkpoint.save(Path(folder), variables, {"epoch": 0})
        for backend in subject.reloaded_on or (subject.backend,):
            there = np.array(ask_about(subject, outputs_of_stored, Path(folder), backend=backend))
            worst = float(np.abs(here - there).max()) if here.shape == there.shape else np.inf
            demand(worst < 10 * NEAR, f"loaded in a new process on {backend}, it writes otherwise, by {worst:.2g}")


def outputs_of_stored(subject: Subject, folder: Path) -> list[Any]:
    """Return what a model makes of the small task with the weights that lie in a folder; asked in a new process."""
    model = model_of(subject)
    stored, _ = checkpoint.newest(folder)
    checkpoint.restore(checkpoint.name_variables("model", model.variables), stored)
    outputs: list[Any] = outputs_of(model, task_inputs(subject)).tolist()
    return outputs


def _logits(subject: Subject, source: NDArray[np.int32], target: NDArray[np.int32]) -> NDArray[np.float32]:
    rows = (load_keras(subject.backend).ops.convert_to_tensor(each) for each in (source, target))
    return array_of(rules_of(subject).logits(model_of(subject), task_shape(subject), *rows))


def _distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.abs(one - other).max())


def _shapes(subject: Subject) -> list[Shape]:
    if rules_of(subject).answers_numbers:
        return [task_shape(subject), NUMBERS]
    return [task_shape(subject), LARGER, replace(LARGER, inputs="integer")]


def _rows(subject: Subject, shape: Shape) -> list[NDArray[Any]]:
    """Return what a model reads of rows drawn at random."""
    random = np.random.default_rng([0, ROWS])
    if rules_of(subject).answers_numbers:
        return [random.random((ROWS, shape.source_length, shape.features), np.float32)]
    steps = {"source": shape.source_length, "target": shape.target_length}
    batch = {name: random.integers(0, shape.vocabulary_size, (ROWS, steps[name]), np.int32) for name in steps}
    return [array_of(each) for each in rules_of(subject).inputs(shape, batch)]
