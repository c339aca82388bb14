from __future__ import annotations

import threading

import numpy as np
import pytest

from exprlearn.tensors import keras, on_numpy, ops
from exprlearn.tensors.array_graph import leaves


def perceptron():
    source = keras.Input((None, 3), name="source")
    hidden = keras.layers.Dense(4, activation="relu", name="hidden")(source)
    return keras.Model(source, [ops.sum(hidden * 2.0 + hidden, axis=1), hidden])


def test_a_graph_computes_what_was_applied_to_its_inputs():
    with on_numpy():
        model = perceptron()
        kernel, bias = model.variables
        kernel.assign(np.arange(12, dtype=np.float32).reshape(3, 4))
        rows = np.ones((2, 5, 3), np.float32)
        total, hidden = model(rows, training=False)
    np.testing.assert_allclose(hidden, rows @ kernel.value)
    np.testing.assert_allclose(total, 15 * (rows @ kernel.value)[:, 0])
    assert (bias.name, bias.shape, total.dtype) == ("bias", (4,), np.float32)


def test_open_sizes_are_open_behind_layers_and_functions_too():
    with on_numpy():
        model = perceptron()
    assert [tensor.shape for tensor in (*model.inputs, *model.outputs)] == [(None, None, 3), (None, 4), (None, None, 4)]


def test_layers_come_as_keras_lists_them_the_deepest_first():
    with on_numpy():
        one, other = keras.Input((2,), name="one"), keras.Input((2,), name="other")
        late = keras.layers.Dense(2, name="late")(one)
        early = keras.layers.Dense(2, name="middle")(keras.layers.Dense(2, name="early")(other))
        model = keras.Model([one, other], late + early)
    assert [layer.name for layer in model.layers] == ["other", "one", "early", "late", "middle"]


def test_what_numpy_lacks_is_an_error():
    with on_numpy():
        with pytest.raises(AttributeError, match="no operation named 'fft'"):
            ops.fft(np.zeros(2))
        with pytest.raises(AttributeError, match="GRU"):
            keras.layers.GRU(3)
        with pytest.raises(TypeError, match="seed"):
            keras.layers.Dropout(0.5, seed=3)


def test_numbers_have_32_bits():
    with on_numpy():
        made = [ops.arange(3), ops.cumsum(ops.full((2, 2), True), axis=1), ops.where(True, 0.5, 1.0)]
        assert [str(each.dtype) for each in made] == ["int32", "int32", "float32"]


def test_other_threads_go_on_with_keras(keras):
    found = []
    with on_numpy():
        thread = threading.Thread(target=lambda: found.append(ops.zeros((1,))))
        thread.start()
        thread.join()
        assert isinstance(ops.zeros((1,)), np.ndarray)
    assert not isinstance(found[0], np.ndarray)


def test_the_highest_numbers_come_first_and_of_equal_ones_those_that_stand_first():
    with on_numpy():
        values, places = ops.top_k(np.array([[1.0, 3.0, 3.0, -np.inf]], np.float32), 3)
    assert (values.tolist(), places.tolist()) == ([[3.0, 3.0, 1.0]], [[1, 2, 0]])


def test_an_update_leaves_what_it_updates_as_it_was():
    before = np.zeros((1, 3), np.int32)
    with on_numpy():
        after = ops.slice_update(before, ops.stack([0, 1]), np.array([[7]], np.int32))
    assert (before.tolist(), after.tolist()) == ([[0, 0, 0]], [[0, 7, 0]])


def test_leaves_are_what_structures_hold():
    assert list(leaves([1, (2, [3, None])])) == [1, 2, 3, None]
