from __future__ import annotations

import numpy as np
import pytest

from exprlearn.plugin import Shape
from exprlearn_transformer import TransformerOptions, build, incremental

SHAPE = Shape(source_length=6, target_length=5, vocabulary_size=9, digits=(3, 4, 5))
SMALL = {"layers": 2, "width": 16, "heads": 2, "feed_forward": 16}


@pytest.mark.parametrize("places", ["steps", "digits"])
@pytest.mark.parametrize("positions", ["learned", "sinusoidal", "rotary", "none"])
def test_step_by_step_it_writes_what_the_whole_model_writes(positions: str, places: str) -> None:
    from keras import ops

    model = build(SHAPE, TransformerOptions(**SMALL, positions=positions, places=places, reach=9))
    random = np.random.default_rng([0, 1])
    source = random.integers(3, 9, (4, 6)).astype(np.int32)
    source[1:, 3:] = SHAPE.pad
    previous = random.integers(3, 9, (4, 5)).astype(np.int32)
    whole = np.asarray(model([source, previous], training=False))
    cut = incremental(model)
    state = list(cut.encode(ops.convert_to_tensor(source), training=False))
    for step in range(5):
        logits, *state = cut.step([ops.convert_to_tensor(previous[:, step : step + 1]), *state], training=False)
        np.testing.assert_allclose(np.asarray(logits)[:, 0], whole[:, step], atol=1e-5)


def test_what_the_source_says_is_handed_on_and_not_computed_again() -> None:
    step = incremental(build(SHAPE, TransformerOptions(**SMALL))).step
    is_shared = [given is handed_on for given, handed_on in zip(step.inputs[1:], step.outputs[1:], strict=True)]
    assert is_shared == [True] * 5 + [False] * 6
