"""Whether a model learns at all: eight examples by heart, told as training and answering do it."""

from __future__ import annotations

import numpy as np

from exprlearn.config import RunConfig
from exprlearn.testing.check import demand
from exprlearn.testing.subject import Subject
from exprlearn.testing.task import ANSWERS, EXPRESSIONS, answerer_of, build, task_arrays, task_shape
from exprlearn.training.objective import make_optimizer
from exprlearn.training.steps import steps_of

ROUNDS, STEPS = 20, 100
SETTINGS = {"learning_rate": 3e-3, "schedule": "constant"}


def it_memorises_eight_examples(subject: Subject) -> None:
    """Train on eight examples until it writes their answers by itself."""
    framing, shape = subject.spec.framing, task_shape(subject.spec.framing)
    model = build(subject, shape)
    settings = RunConfig.model_validate({"training": SETTINGS}).training
    steps = steps_of(model, make_optimizer(settings, steps=ROUNDS * STEPS), framing, shape)
    arrays, order = task_arrays(subject), np.tile(np.arange(len(EXPRESSIONS), dtype=np.int32), (STEPS, 1))
    for _ in range(ROUNDS):
        loss = steps.run(arrays, order)
        told = answerer_of(subject, model).answer(list(EXPRESSIONS)).texts
        if told == list(ANSWERS):
            return
    wrong = [triple for triple in zip(EXPRESSIONS, told, ANSWERS, strict=True) if triple[1] != triple[2]]
    demand(False, f"after {ROUNDS * STEPS} steps, at a loss of {loss:.3g}, it writes {wrong[0][0]}={wrong[0][1]!r}")
