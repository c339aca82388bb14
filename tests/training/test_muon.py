from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exprlearn.errors import OptionError, TrainingError
from exprlearn.plugin.options import bind
from exprlearn.training.muon import Muon, MuonOptions, orthogonalised

RANDOM = np.random.default_rng([3, 0, 0])


@pytest.mark.parametrize("shape", [(12, 12), (12, 40), (40, 12), (3, 12, 20)])
def test_directions_stay_and_become_about_equally_long(keras: Any, shape: tuple[int, ...]) -> None:
    matrices = RANDOM.standard_normal(shape).astype(np.float32)
    written = np.asarray(orthogonalised(keras.ops.convert_to_tensor(matrices), 8))
    left, _, right = np.linalg.svd(matrices, full_matrices=False)
    assert written.shape == shape
    inner = np.swapaxes(left, -1, -2) @ written @ np.swapaxes(right, -1, -2)
    long = np.diagonal(inner, axis1=-2, axis2=-1)
    assert ((long > 0.6) & (long < 1.3)).all()
    assert np.abs(inner - long[..., None] * np.eye(long.shape[-1])).max() < 1e-3


def test_a_matrix_of_zeros_stays_one(keras: Any) -> None:
    assert not np.asarray(orthogonalised(keras.ops.zeros((3, 5)), 4)).any()


def test_two_steps_are_those_of_the_equations(keras: Any) -> None:
    options = MuonOptions(rate=0.02, weight_decay=0.1)
    matrix, gain = (keras.Variable(RANDOM.standard_normal(shape).astype(np.float32)) for shape in ((4, 16), (5,)))
    optimizer = Muon(options).build(0.003, 0.006, None)
    optimizer.build([matrix, gain])
    one, other = np.asarray(matrix).copy(), np.asarray(gain).copy()
    kept, mean, square = np.zeros_like(one), np.zeros_like(other), np.zeros_like(other)
    for step in (1, 2):
        gradients = [RANDOM.standard_normal(each.shape).astype(np.float32) for each in (one, other)]
        optimizer.apply([keras.ops.convert_to_tensor(each) for each in gradients], [matrix, gain])
        kept = 0.95 * kept + gradients[0]
        along = np.asarray(orthogonalised(keras.ops.convert_to_tensor(gradients[0] + 0.95 * kept), 4))
        # Half of the highest rate for both, and 16 columns of 4 rows: twice as far.
        one = one - 0.01 * (2 * along + 0.1 * one)
        mean, square = 0.9 * mean + 0.1 * gradients[1], 0.98 * square + 0.02 * gradients[1] ** 2
        adam = mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.98**step)) + 1e-7)
        other = other - 0.003 * (adam + 0.1 * other)
    assert np.asarray(matrix) == pytest.approx(one, abs=1e-5)
    assert np.asarray(gain) == pytest.approx(other, abs=1e-5)


def network(keras: Any) -> Any:
    source = keras.Input((6,), dtype="int32")
    hidden = keras.layers.Embedding(9, 8)(source)
    hidden = keras.layers.Conv1D(8, 3, name="seen")(hidden)
    return keras.Model([source], keras.layers.Dense(9, name="logits")(keras.layers.Dense(8, name="mixed")(hidden)))


def test_matrices_are_what_has_two_axes_and_is_neither_embedding_nor_logits(keras: Any) -> None:
    variables = network(keras).trainable_variables
    options = MuonOptions()
    assert [each.path for each in variables if options.is_matrix(each)] == ["mixed/kernel"]
    assert Muon(options).notes(variables) == [
        "muon trains 1 matrices with 64 of 425 weights, Adam the rest",
        "muon leaves kernels of more than two axes to Adam: seen/kernel",
    ]
    assert len(Muon(MuonOptions(others="embedding|logits|seen")).notes(variables)) == 1
    optimizer = Muon(options).build(0.01, 0.01, 1.0)
    optimizer.build(variables)
    assert [velocity is None for velocity in optimizer.velocities].count(True) == 1


def test_a_model_without_a_matrix_is_refused(keras: Any) -> None:
    with pytest.raises(TrainingError, match=r"muon finds no matrix .*mixed.* take --optimizer adam"):
        Muon(MuonOptions(others="embedding|logits|mixed")).notes(network(keras).trainable_variables)


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(OptionError, match=r"training\.optimizer\.others: this is no regular expression"):
        bind(MuonOptions, {"others": "("}, where="training.optimizer")
