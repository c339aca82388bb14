from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from exprlearn.backend.reproducibility import seeded
from exprlearn.decoding.decoder import Decoder
from exprlearn.models import causal_transformer, repeat_vector, seq2seq
from exprlearn.plugin import ModelSpec, Shape

TINY = Shape(source_length=4, target_length=3, vocabulary_size=5, digits=(3, 4))
LSTM = seq2seq.VARIANTS["lstm"]
SMALL, BLOCKS = {"network": "lstm", "units": 6, "embedding": 4}, {"units": 6, "layers": 2, "feed_forward": 8, "head": 4}
SPECS: dict[str, tuple[ModelSpec, dict[str, Any]]] = {
    "teacher-forced": (LSTM, SMALL),
    "without attention": (LSTM, {**SMALL, "attention": False}),
    "without incremental": (replace(LSTM, incremental=None), SMALL),
    "causal": (causal_transformer.SPEC, BLOCKS),
    "causal by places": (causal_transformer.SPEC, {**BLOCKS, "positions": "places", "window": 2}),
    "causal without incremental": (replace(causal_transformer.SPEC, incremental=None), BLOCKS),
    "sequence": (repeat_vector.SPEC, {"units": 6, "embedding": 4}),
}
Make = Callable[..., Decoder]


@pytest.fixture(scope="session")
def untrained(keras: Any) -> Make:
    """Make decoders over random weights, large enough for every answer to look different."""
    made: dict[tuple[str, int, Shape, bool], Decoder] = {}

    def make(kind: str, seed: int = 0, shape: Shape = TINY, *, compiling: bool = False) -> Decoder:
        spec, options = SPECS[kind]
        if (kind, seed, shape, compiling) in made:
            return made[kind, seed, shape, compiling]
        with seeded(seed):
            model = spec.build(shape, spec.options(**options))
        draw = np.random.default_rng([seed, 7, 0])
        for variable in model.trainable_variables:
            variable.assign(draw.normal(0.0, 1.0, variable.shape))
        made[kind, seed, shape, compiling] = Decoder(model, spec, shape, compiling=compiling)
        return made[kind, seed, shape, compiling]

    return make
