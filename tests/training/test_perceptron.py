from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from exprlearn.config import read_config, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.models import mapping_mlp
from exprlearn.plugin import Shape
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.preparation import make_encoder
from exprlearn.scoring import exact_match
from exprlearn.scoring.baselines import Perceptron
from exprlearn.training import perceptron
from exprlearn.training.baseline import HIDDEN, fitted
from exprlearn.training.compiled_steps import steps_of
from exprlearn.training.optimizers import make_optimizer
from exprlearn.training.perceptron import fit_perceptron

pytestmark = pytest.mark.long

ROWS = np.random.default_rng([3, 0, 0]).normal(size=(200, 6)).astype(np.float32)
TARGETS = (ROWS[:, :1] * ROWS[:, 1:2] + ROWS[:, 2:3]).astype(np.float32)


def begun(rows, targets, activation, monkeypatch):
    """Return the layers before the first step."""
    with monkeypatch.context() as patched:
        patched.setattr(perceptron, "STEPS", 0)
        return fit_perceptron(rows, targets, HIDDEN, activation, 5)


def by_keras(rows, targets, activation, monkeypatch):
    """Let Keras take the same steps from the same weights: its layers as kernels and biases."""
    shape = Shape(source_length=rows.shape[1], target_length=1, vocabulary_size=2, features=1)
    model = mapping_mlp.build(shape, mapping_mlp.MappingMlpOptions(units=HIDDEN[0], activation=activation))
    model.set_weights([weight for layer in begun(rows, targets, activation, monkeypatch) for weight in layer])
    settings = SimpleNamespace(learning_rate=perceptron.RATE, warmup=perceptron.WARMUP, clip=perceptron.CLIP)
    steps = perceptron.STEPS
    order = np.random.default_rng([5, perceptron.ORDER, 0]).integers(0, len(rows), (steps, perceptron.BATCH), np.int32)
    run = steps_of(model, make_optimizer(settings, steps=steps), "mapping", shape)
    run.run({"source": rows[:, :, None], "target": targets}, order)
    weights = [np.asarray(each) for each in model.weights]
    return list(zip(weights[::2], weights[1::2], strict=True))


@pytest.mark.parametrize("activation", ["linear", "relu"])
def test_its_steps_are_those_of_keras(keras, monkeypatch, activation):
    monkeypatch.setattr(perceptron, "STEPS", 60)
    ours = fit_perceptron(ROWS, TARGETS, HIDDEN, activation, 5)
    theirs = by_keras(ROWS, TARGETS, activation, monkeypatch)
    for one, other, first in zip(ours, theirs, begun(ROWS, TARGETS, activation, monkeypatch), strict=True):
        np.testing.assert_allclose(one[0], other[0], atol=2e-4)
        np.testing.assert_allclose(one[1], other[1], atol=2e-4)
        assert np.abs(one[0] - first[0]).max() > 0.05


def test_the_same_seed_gives_the_same_bits_and_another_one_others():
    one, again, other = (fit_perceptron(ROWS, TARGETS, HIDDEN, "relu", seed) for seed in (1, 1, 2))
    assert [part.tobytes() for layer in one for part in layer] == [part.tobytes() for layer in again for part in layer]
    assert not np.allclose(one[0][0], other[0][0])


def opened(grammar):
    """Return encoder and splits of a grammar."""
    plugins = Plugins(only=())
    components = resolve(read_config(None, {}, [f"grammar.name={grammar}"], plugins=plugins).config, plugins)
    space = load_space(components.config.grammar, components)
    return make_encoder(space, components, ()), load_splits(space, components)


def scored(learned, encoder, splits):
    answers = learned.answers(encoder.numbers(splits.test.expressions))
    return exact_match(answers, splits.test.answers.tolist())


@pytest.mark.parametrize("grammar", ["addition", "sums"])
def test_sums_are_answered_perfectly(grammar):
    encoder, splits = opened(grammar)
    assert scored(fitted(encoder, splits, count=4096, seed=0), encoder, splits) == 1.0


def test_it_is_as_good_as_a_network_that_keras_trained(keras, monkeypatch):
    encoder, splits = opened("nested")
    learned = fitted(encoder, splits, count=4096, seed=5)
    examples, _ = splits.train.take(4096, start=0)
    rows = encoder.numbers(examples.expressions).reshape(len(examples), -1)
    targets = (examples.answers.astype(np.float64) / learned.scale).astype(np.float32)[:, None]
    theirs = Perceptron(by_keras(rows, targets, "relu", monkeypatch), "relu", learned.scale)
    ours, other = scored(learned, encoder, splits), scored(theirs, encoder, splits)
    # Two shares of 2000 answers; bits that differ lead apart in a thousand steps.
    assert min(ours, other) > 0.1
    assert ours == pytest.approx(other, abs=0.05)
