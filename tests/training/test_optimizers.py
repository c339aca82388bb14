from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exprlearn.config import RunConfig, resolve
from exprlearn.plugin.manager import Plugins
from exprlearn.training.optimizers import make_optimizer

STEPS = 400
PLUGINS = Plugins(only=())


def made(schedule: Any = "cosine", **training: Any) -> Any:
    """Make the optimizer of settings, as a trainer does."""
    config = RunConfig.model_validate(
        {"training": {"schedule": schedule, "learning_rate": 0.01, "warmup": 0.1, **training}}
    )
    components = resolve(config, PLUGINS)
    return make_optimizer(
        config.training, steps=STEPS, optimizer=components.optimizer, schedule=components.learning_rate
    )


def rates(schedule: Any) -> np.ndarray:
    """Return the learning rate of every step, and the one after the last."""
    from keras import ops

    optimizer = made(schedule)
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


def test_a_trapezoid_rises_stays_and_falls_along_a_line() -> None:
    rate = rates({"name": "trapezoid", "flat": 0.5, "final": 0.1})
    assert (np.diff(rate[:41]) > 0).all()
    assert rate[40:221] == pytest.approx(0.01)
    assert np.diff(rate[220:]) == pytest.approx(-0.009 / 180, rel=1e-2)
    assert rate[-1] == pytest.approx(0.001)


def test_a_cosine_has_the_bits_of_the_one_that_keras_brings(keras: Any) -> None:
    theirs = keras.optimizers.schedules.CosineDecay(0.0, 360, warmup_target=0.01, warmup_steps=40)
    assert rates("cosine").tolist() == [float(np.asarray(theirs(step))) for step in range(STEPS + 1)]


def test_options_and_clipping_reach_the_optimizer_of_keras(keras: Any) -> None:
    decaying = made("constant", optimizer={"name": "adamw", "beta_2": 0.9, "weight_decay": 0.1}, clip=0)
    assert isinstance(decaying, keras.optimizers.AdamW)
    assert (decaying.beta_2, decaying.weight_decay, decaying.global_clipnorm) == (0.9, 0.1, None)
    usual = made()
    assert type(usual) is keras.optimizers.Adam
    assert (usual.beta_1, usual.beta_2, usual.epsilon, usual.global_clipnorm) == (0.9, 0.999, 1e-7, 1.0)
    assert made(optimizer="sgd").momentum == 0.9
