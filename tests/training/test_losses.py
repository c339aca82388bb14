from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from exprlearn.backend.keras_import import array_of
from exprlearn.backend.reproducibility import seeded
from exprlearn.config import RunConfig, resolve
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.errors import OptionError
from exprlearn.plugin import LossContext, Shape
from exprlearn.plugin.manager import Plugins
from exprlearn.training.compiled_steps import steps_of
from exprlearn.training.losses import CrossEntropy, CrossEntropyOptions, DefaultLoss

PLUGINS = Plugins(only=())
SHAPE = Shape(source_length=4, target_length=3, vocabulary_size=6)
CONTEXT = LossContext(shape=SHAPE, framing="sequence", default=partial(FRAMINGS["sequence"].loss, SHAPE))
RANDOM = np.random.default_rng([9, 0, 1])
LOGITS = RANDOM.standard_normal((5, 3, 6)).astype(np.float32)
TARGET = RANDOM.integers(1, 6, (5, 3)).astype(np.int32)
TARGET[0, 1:] = TARGET[1, 2] = 0
ARRAYS = {"source": RANDOM.integers(3, 6, (32, 4), dtype=np.int32), "target": np.tile(TARGET, (7, 1))[:32]}
ORDER = np.arange(32, dtype=np.int32).reshape(4, 8)


def computed(keras: Any, **options: Any) -> float:
    loss = CrossEntropy(CrossEntropyOptions(**options))
    batch = {"target": keras.ops.convert_to_tensor(TARGET)}
    return float(array_of(loss.compute(keras.ops.convert_to_tensor(LOGITS), batch, CONTEXT)))


def token_costs(smoothing: float) -> np.ndarray:
    """Return what each token costs, as the definition says, in float64."""
    logits = LOGITS.astype(np.float64)
    said = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    wanted = np.eye(6)[TARGET] * (1 - smoothing) + smoothing / 6
    return -(said * wanted).sum(axis=-1)


def trained(keras: Any, loss: Any) -> tuple[float, list[np.ndarray]]:
    with seeded(4):
        source = keras.Input((4,), dtype="int32")
        hidden = keras.layers.Flatten()(keras.layers.Embedding(6, 5)(source))
        model = keras.Model([source], keras.layers.Reshape((3, 6))(keras.layers.Dense(18)(hidden)))
    mean = steps_of(model, keras.optimizers.Adam(0.1), "sequence", SHAPE, loss=loss).run(ARRAYS, ORDER)
    return mean, [array_of(variable) for variable in model.variables]


@pytest.mark.parametrize("loss", [DefaultLoss(), CrossEntropy(CrossEntropyOptions())])
def test_without_options_every_weight_has_the_bits_of_the_loss_of_the_framing(keras: Any, loss: Any) -> None:
    mean, weights = trained(keras, None)
    other, others = trained(keras, loss)
    assert mean == other
    for one, another in zip(weights, others, strict=True):
        np.testing.assert_array_equal(one, another)


def test_labels_are_smoothed_as_the_definition_says(keras: Any) -> None:
    is_token = TARGET != 0
    assert computed(keras, label_smoothing=0.2) == pytest.approx(token_costs(0.2)[is_token].mean(), rel=1e-5)
    assert trained(keras, CrossEntropy(CrossEntropyOptions(label_smoothing=0.2)))[0] != trained(keras, None)[0]


def test_tokens_are_weighted_by_their_position(keras: Any) -> None:
    weights = np.array([4.0, 2.0, 2.0]) * (TARGET != 0)
    expected = (token_costs(0.0) * weights).sum() / weights.sum()
    assert computed(keras, position_weights=(4.0, 2.0)) == pytest.approx(expected, rel=1e-5)


def test_the_positions_of_packed_answers_begin_anew_with_each_example(keras: Any) -> None:
    # Two questions of two tokens each, of which nothing is learned, with answers of three tokens and of two.
    batch = {
        "target": keras.ops.convert_to_tensor(np.array([[0, 0, 5, 5, 2, 0, 0, 4, 2, 0]], np.int32)),
        "segments": keras.ops.convert_to_tensor(np.array([[1, 1, 1, 1, 1, 2, 2, 2, 2, 0]], np.int32)),
    }
    loss = CrossEntropy(CrossEntropyOptions(position_weights=(3.0, 2.0, 1.0)))
    assert array_of(loss.weights(batch, 0)).tolist() == [[0, 0, 3, 2, 1, 0, 0, 3, 2, 0]]


def test_a_loss_is_refused_for_models_of_other_framings() -> None:
    config = RunConfig.model_validate({"model": "mapping-mlp", "training": {"loss": "cross-entropy"}})
    with pytest.raises(
        OptionError, match=r"'cross-entropy' is for models of the framings .* 'mapping-mlp' is of mapping"
    ):
        resolve(config, PLUGINS)


def test_the_options_of_a_loss_are_written_out_whole() -> None:
    config = RunConfig.model_validate({"training": {"loss": {"name": "cross-entropy", "label_smoothing": 0.1}}})
    components = resolve(config, PLUGINS)
    assert components.config.training.loss.options == {"label_smoothing": 0.1, "position_weights": []}
    assert components.origins["loss"][0] == "exprlearn"
    assert RunConfig().training.model_dump()["loss"] == "default"
