from __future__ import annotations

import logging
from types import SimpleNamespace

import numpy as np
import pytest

from exprlearn.backend.reproducibility import seeded
from exprlearn.decoding.decoder import Decoder
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.plugin import Shape
from exprlearn.training.compiled_steps import Steps, steps_of

SHAPE = Shape(source_length=4, target_length=3, vocabulary_size=6)
RANDOM = np.random.default_rng([9, 0, 0])
ARRAYS = {
    "source": RANDOM.integers(3, 6, (32, 4), dtype=np.int32),
    "target": RANDOM.integers(3, 6, (32, 3), dtype=np.int32),
}
ORDER = np.arange(32, dtype=np.int32).reshape(4, 8)


def built(keras, *, adding):
    """Build a model that adds to the loss in each way that Keras has, or that adds nothing."""

    class Adding(keras.layers.Layer):
        def call(self, hidden):
            self.add_loss(0.5 * keras.ops.mean(keras.ops.square(hidden)))
            return hidden

    penalties = {"kernel_regularizer": keras.regularizers.L2(0.3), "activity_regularizer": keras.regularizers.L1(0.01)}
    with seeded(4):
        source = keras.Input((4,), dtype="int32")
        hidden = keras.layers.Flatten()(keras.layers.Embedding(6, 5)(source))
        hidden = keras.layers.Dense(9, activation="tanh", **(penalties if adding else {}))(hidden)
        hidden = Adding()(hidden) if adding else hidden
        return keras.Model([source], keras.layers.Reshape((3, 6))(keras.layers.Dense(18)(hidden)))


def task_loss(outputs, batch):
    return FRAMINGS["sequence"].loss(SHAPE, outputs, batch)


def trained(keras, model):
    return steps_of(model, keras.optimizers.SGD(0.1), "sequence", SHAPE).run(ARRAYS, ORDER)


def fitted(keras, model):
    """Train as Keras does; the mean loss of the epoch."""
    model.compile(keras.optimizers.SGD(0.1), loss=lambda target, outputs: task_loss(outputs, {"target": target}))
    history = model.fit(ARRAYS["source"], ARRAYS["target"], batch_size=8, epochs=1, shuffle=False, verbose=0)
    return history.history["loss"][0]


# Keras's `fit` uses what JAX deprecates.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_a_model_adds_to_the_loss_counts_as_in_fit(keras):
    ours, theirs, plain = (built(keras, adding=adding) for adding in (True, True, False))
    loss = trained(keras, ours)
    assert loss == pytest.approx(fitted(keras, theirs), rel=1e-4)
    for one, other in zip(ours.trainable_variables, theirs.trainable_variables, strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), atol=1e-5)
    assert loss > trained(keras, plain) + 0.1
    assert not np.allclose(np.asarray(plain.trainable_variables[1]), np.asarray(ours.trainable_variables[1]), atol=1e-3)


@pytest.fixture
def counting_tracings_anew(keras, monkeypatch):
    """Let TensorFlow forget what this process has traced and warned of: it warns twice and then never again."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("only TensorFlow counts how often a function is traced, and warns of it")
    from tensorflow.python.eager.polymorphic_function import polymorphic_function

    fresh = polymorphic_function._FrequentTracingDetectorManager()
    monkeypatch.setattr(polymorphic_function, "_frequent_tracing_detector_manager", fresh)


def test_trainings_and_decoders_of_one_process_are_not_taken_for_one_function_traced_anew(
    keras, counting_tracings_anew, caplog, monkeypatch
):
    monkeypatch.setattr(logging.getLogger("tensorflow"), "propagate", True)
    for _ in range(5):
        source = keras.Input((1,))
        model = keras.Model([source], keras.layers.Dense(1)(source))
        steps = Steps(
            model, keras.optimizers.SGD(0.1), lambda batch: [batch["source"]], lambda outputs, _: outputs[0, 0]
        )
        steps.run({"source": np.ones((2, 1), np.float32)}, np.zeros((1, 2), np.int32))
    spec = SimpleNamespace(framing="mapping")
    for count in (20, 40, 80, 160, 320):
        decoder = Decoder(model, spec, SHAPE)
        decoder.values(np.ones((count, 1), np.float32))
    for count in (20, 40, 80, 160, 320):
        decoder.values(np.ones((count, 1), np.float32))
    assert caplog.text == ""
