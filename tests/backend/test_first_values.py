from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.long

BEGIN = """
from exprlearn.backend.keras_import import load_keras
keras = load_keras("jax")
import jax, numpy as np
from exprlearn.backend.first_values import build_optimizer, built_at_once
from exprlearn.backend.reproducibility import seeded
from exprlearn.config import TrainingSection
from exprlearn.distributed.ranks import Alone
from exprlearn.models import seq2seq
from exprlearn.plugin import Shape
from exprlearn.training.optimizers import make_optimizer

def values(model):
    return [np.asarray(variable) for variable in model.variables]
"""
NETWORKS = """
compiled = []
jax.monitoring.register_event_duration_secs_listener(
    lambda name, *_, **__: compiled.append(name) if name.endswith("backend_compile_duration") else None
)
shape = Shape(source_length=7, target_length=5, vocabulary_size=15, digits=tuple(range(5, 15)))
for network, atol in (("lstm", 0.0), ("transformer", 1e-7)):
    spec = seq2seq.VARIANTS[network]

    def build():
        with seeded(3):
            return spec.build(shape, spec.options(network=network, units=16))

    compiled.clear()
    one = values(built_at_once(build))
    counts = len(compiled)
    model = built_at_once(build)
    compiled.clear()
    optimizer = make_optimizer(TrainingSection(), steps=100)
    build_optimizer(optimizer, model.trainable_variables)
    Alone().place({"source": np.zeros((8, 7), np.int32)}, np.zeros((2, 4), np.int32))
    assert all(not np.asarray(each).any() for each in optimizer.variables)
    before_steps = len(compiled)
    two, other = values(model), values(build())
    for first, second, usual in zip(one, two, other, strict=True):
        assert first.tobytes() == second.tobytes()
        np.testing.assert_allclose(first, usual, rtol=0, atol=atol)
        assert first.dtype == usual.dtype
    print(network, counts, before_steps)
"""
ASSIGNING = """
class Ready(keras.layers.Layer):
    def __init__(self, with_value):
        super().__init__()
        self.with_value = with_value

    def build(self, shape):
        self.table = self.add_weight(shape=(4,), name="table")
        self.table.assign(np.arange(4, dtype=np.float32))
        self.fixed = keras.Variable(np.full(4, 7, np.float32)) if self.with_value else self.table

    def call(self, rows):
        return rows * self.table + self.fixed

def build(with_value):
    source = keras.Input((4,))
    return keras.Model(source, keras.layers.Dense(2)(Ready(with_value)(source)))

for with_value in (False, True):
    model = built_at_once(lambda: build(with_value))
    print("assigned", np.asarray(model.layers[1].table).tolist(), np.asarray(model(np.ones((1, 4), np.float32))).shape)
"""


@pytest.fixture(scope="module")
def told() -> list[str]:
    """Return what both programs print, on a JAX of their own that compiles as it does for users."""
    command = [sys.executable, "-c", BEGIN + NETWORKS + ASSIGNING]
    usual = {**os.environ, "XLA_FLAGS": ""}
    return subprocess.run(command, env=usual, capture_output=True, text=True, check=True).stdout.splitlines()


def test_first_weights_are_those_of_keras_and_little_is_compiled_before_the_first_step(told: list[str]) -> None:
    lines = [line.split() for line in told if not line.startswith("assigned")]
    assert [name for name, *_ in lines] == ["lstm", "transformer"]
    # The zeros of an optimizer in one call, and the number of its steps.
    assert all(int(weights) <= 3 and int(others) <= 2 for _, weights, others in lines), lines


def test_what_a_layer_assigns_while_it_is_built_counts(told: list[str]) -> None:
    assert [line for line in told if line.startswith("assigned")] == ["assigned [0.0, 1.0, 2.0, 3.0] (1, 2)"] * 2
