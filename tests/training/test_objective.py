from __future__ import annotations

import numpy as np
import pytest

from exprlearn.config import RunConfig
from exprlearn.training.objective import make_optimizer

STEPS = 400


def rates(schedule: str) -> np.ndarray:
    """Return the learning rate of every step, and the one after the last."""
    from keras import ops

    settings = RunConfig.model_validate(
        {"training": {"schedule": schedule, "learning_rate": 0.01, "warmup": 0.1}}
    ).training
    optimizer = make_optimizer(settings, steps=STEPS)
    if schedule == "constant":
        return np.full(STEPS + 1, float(np.asarray(optimizer.learning_rate)))
    at = optimizer._learning_rate
    return np.array([float(ops.convert_to_numpy(at(step))) for step in range(STEPS + 1)])


@pytest.mark.parametrize("schedule", ["cosine", "inverse"])
def test_a_rate_rises_to_the_highest_and_falls_to_zero(schedule: str) -> None:
    rate = rates(schedule)
    assert rate[0] == 0
    assert (np.diff(rate[:41]) > 0).all()
    assert rate[40] == pytest.approx(0.01, rel=1e-3)
    assert (np.diff(rate[41:]) < 0).all()
    assert rate[-1] == pytest.approx(0, abs=1e-6)


def test_the_inverse_is_small_for_most_of_the_training() -> None:
    assert rates("inverse")[STEPS // 2] < rates("cosine")[STEPS // 2] / 5


def test_a_constant_rate_stays() -> None:
    assert rates("constant") == pytest.approx(0.01)
