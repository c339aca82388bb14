from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from exprlearn.encoding import represent, restore
from exprlearn.plugin.kinds.model import Inputs

SHAPES = {"one-hot": (3, 5, 40), "integer": (3, 5, 1), "embedding": (3, 5)}


@pytest.mark.parametrize("inputs", get_args(Inputs))
@given(ids=arrays(np.int32, (3, 5), elements=st.integers(0, 39)))
def test_every_representation_restores_its_ids(ids: np.ndarray, inputs: Inputs) -> None:  # type: ignore[type-arg]
    features = represent(ids, inputs, 40)
    assert features.shape == SHAPES[inputs]
    assert features.dtype == (np.int32 if inputs == "embedding" else np.float32)
    restored = restore(features, inputs, 40)
    assert restored.dtype == np.int32
    assert (restored == ids).all()


@pytest.mark.parametrize("size", [1, 2, 13, 1113, 10_017])
def test_ordinal_inputs_tell_all_ids_of_a_vocabulary_apart(size: int) -> None:
    ids = np.arange(size, dtype=np.int32)[None, :]
    features = represent(ids, "integer", size)
    assert features.min() == 0
    assert features.max() <= 1
    assert (restore(features, "integer", size) == ids).all()
