"""Whether a model is its weights: stored, taken to a new process and put into a model that is built there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.runs import checkpoint
from exprlearn.testing.check import demand
from exprlearn.testing.fresh import ask_about
from exprlearn.testing.subject import Subject
from exprlearn.testing.task import build, task_inputs, task_shape, written

if TYPE_CHECKING:
    import keras

# Not the seed of the model that is built in the new process: its weights must be overwritten.
OTHER_SEED = 2
NEAR = 1e-4


def its_weights_bring_the_same_answers_to_a_new_process(subject: Subject) -> None:
    """Write a checkpoint, load it in a new process on each backend and compare what the models write."""
    model = build(subject, task_shape(subject.spec.framing), seed=OTHER_SEED)
    here = outputs_of(subject, model)
    with tempfile.TemporaryDirectory() as place:
        variables = checkpoint.named("model", model.variables)
        checkpoint.save(Path(place), variables, {"epoch": 0})
        for backend in subject.reloaded_on or (subject.backend,):
            there = np.array(ask_about(subject, "outputs", Path(place), backend=backend))
            worst = float(np.abs(here - there).max()) if here.shape == there.shape else np.inf
            demand(worst < NEAR, f"loaded in a new process on {backend}, it writes otherwise, by {worst:.2g}")


def outputs_of(subject: Subject, model: keras.Model) -> NDArray[np.float32]:
    """Return what a model makes of the small task."""
    return written(model, task_inputs(subject))


def restore_from(folder: Path, model: keras.Model) -> None:
    """Give a model the weights that lie in a folder.

    Raises:
        CheckpointError: they do not fit it.
    """
    kept, _ = checkpoint.newest(folder)
    checkpoint.restore(checkpoint.named("model", model.variables), kept)
