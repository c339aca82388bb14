from __future__ import annotations

import numpy as np
import pytest

from exprlearn.errors import OptionError
from exprlearn.models import mapping_mlp, stacked_lstm, transducer
from exprlearn.models.layers import MOST_STEPS, features_of, unrolled_lstm
from exprlearn.models.transducer import TransducerOptions, build
from exprlearn.plugin import Shape
from exprlearn.plugin.options import bind
from exprlearn.training.compiled_steps import steps_of

NUMBERS = Shape(source_length=3, target_length=1, vocabulary_size=15, features=2)


@pytest.mark.parametrize(("spec", "first"), [(mapping_mlp.SPEC, "hidden"), (stacked_lstm.SPEC, "lstm")])
@pytest.mark.parametrize(
    ("options", "sizes"), [({"sizes": [4, 2]}, [4, 2]), ({"units": 6, "layers": 3}, [6, 6, 6]), ({"sizes": [9]}, [9])]
)
def test_layers_are_as_large_as_listed_or_else_all_alike(keras, spec, first, options, sizes):
    model = spec.build(NUMBERS, bind(spec.options, options, where="model"))
    assert [layer.units for layer in model.layers if layer.name.startswith(first)] == sizes
    assert model.output_shape == (None, 1)


@pytest.mark.parametrize("spec", [mapping_mlp.SPEC, stacked_lstm.SPEC], ids=lambda spec: spec.name)
@pytest.mark.parametrize("sizes", [[0], [4] * 9, [4, -2], 4])
def test_sizes_outside_of_their_bounds_are_refused(spec, sizes):
    with pytest.raises(OptionError, match=r"model\.sizes"):
        bind(spec.options, {"sizes": sizes}, where="model")


@pytest.mark.parametrize("inputs", ["one-hot", "integer"])
def test_the_first_layer_shows_ids_as_unit_vectors_or_as_shares_of_the_largest(keras, inputs):
    shape = Shape(source_length=7, target_length=4, vocabulary_size=15, inputs=inputs)
    ids = np.random.default_rng(1).integers(0, 15, (6, 7), dtype=np.int32)
    shown = np.eye(15)[ids] if inputs == "one-hot" else ids[..., None] / 14
    assert np.allclose(np.asarray(features_of(shape, width=8, name="features")(ids)), shown)


UNITS = 6
READ = np.random.default_rng(3).normal(size=(4, 5, 3)).astype(np.float32)
STATES = [np.random.default_rng([4, number]).normal(size=(4, UNITS)).astype(np.float32) for number in range(2)]
MASK = np.arange(5) < np.asarray([[5], [3], [1], [4]])


def values(layer):
    """Return copies of the weights; Keras's `get_weights` warns on JAX."""
    return [np.asarray(weight).copy() for weight in layer.weights]


def both(keras, *, states=None, mask=None, **settings):
    """Return what Keras's layer and the unrolled one give with the same weights."""
    layers = [kind(UNITS, **settings) for kind in (keras.layers.LSTM, unrolled_lstm(keras.layers.LSTM))]
    for layer in layers:
        layer.build(READ.shape)
    random = np.random.default_rng(1)
    weights = [random.normal(size=weight.shape).astype(np.float32) for weight in layers[0].weights]
    found = []
    for layer in layers:
        layer.set_weights(weights)
        given = layer(READ, initial_state=states, mask=mask)
        found.append([np.asarray(each) for each in (given if isinstance(given, list | tuple) else [given])])
    return found


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("states", [None, STATES], ids=["from zeros", "from states"])
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
@pytest.mark.parametrize("sequences", [True, False])
def test_an_unrolled_layer_gives_what_the_loop_gives(keras, backwards, states, mask, sequences):
    looped, unrolled = both(
        keras, states=states, mask=mask, go_backwards=backwards, return_sequences=sequences, return_state=True
    )
    assert [each.shape for each in unrolled] == [each.shape for each in looped]
    for one, other in zip(unrolled, looped, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-6)


def test_without_states_it_gives_what_it_wrote_alone(keras):
    looped, unrolled = both(keras)
    assert len(unrolled) == len(looped) == 1
    np.testing.assert_allclose(unrolled[0], looped[0], atol=2e-6)


@pytest.mark.long
@pytest.mark.parametrize("bidirectional", [False, True])
def test_an_unrolled_model_learns_what_the_loop_learns(keras, monkeypatch, bidirectional):
    shape = Shape(source_length=4, target_length=3, vocabulary_size=15)
    options = TransducerOptions(units=8, layers=2, bidirectional=bidirectional)
    random = np.random.default_rng(2)
    arrays = {
        "source": random.integers(3, 15, (64, 4), dtype=np.int32),
        "target": random.integers(3, 15, (64, 3), dtype=np.int32),
    }
    models = [build(shape, options)]
    monkeypatch.setattr(transducer, "MOST_STEPS", 0)
    models.append(build(shape, options))
    models[1].set_weights(values(models[0]))
    first = models[0].get_layer("lstm_1_ahead" if bidirectional else "lstm_1")
    before = values(first)
    for model in models:
        steps_of(model, keras.optimizers.SGD(2.0), "sequence", shape).run(
            arrays, np.arange(64, dtype=np.int32).reshape(4, 16)
        )
    for one, other in zip(*map(values, models), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    assert all(np.abs(one - old).max() > 1e-4 for one, old in zip(values(first), before, strict=True))


@pytest.mark.parametrize(("columns", "laid_out"), [(MOST_STEPS, True), (MOST_STEPS + 1, False)])
def test_only_so_many_steps_are_laid_out(keras, columns, laid_out):
    shape = Shape(source_length=2 * columns, target_length=columns, vocabulary_size=15)
    layer = build(shape, TransducerOptions(units=4)).get_layer("lstm_1")
    assert isinstance(layer, unrolled_lstm(keras.layers.LSTM)) is laid_out
