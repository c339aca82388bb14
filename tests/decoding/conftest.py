from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from exprlearn.backend.seeds import seeded
from exprlearn.decoding.decoder import Decoder
from exprlearn.models import repeat_vector, seq2seq
from exprlearn.plugin import Shape

TINY = Shape(source_length=4, target_length=3, vocabulary_size=5)
SPECS = {
    "teacher-forced": seq2seq.SPEC,
    "without attention": seq2seq.SPEC,
    "without incremental": replace(seq2seq.SPEC, incremental=None),
    "sequence": repeat_vector.SPEC,
}
Make = Callable[..., Decoder]


@pytest.fixture(scope="session")
def untrained(keras: Any) -> Make:
    """Make decoders over random weights, large enough for every answer to look different."""
    made: dict[tuple[str, int, Shape], Decoder] = {}

    def make(kind: str, seed: int = 0, shape: Shape = TINY) -> Decoder:
        spec = SPECS[kind]
        if (kind, seed, shape) in made:
            return made[kind, seed, shape]
        options = {"attention": False} if kind == "without attention" else {}
        with seeded(seed):
            model = spec.build(shape, spec.options(units=6, embedding=4, **options))
        draw = np.random.default_rng([seed, 7, 0])
        for variable in model.trainable_variables:
            variable.assign(draw.normal(0.0, 1.0, variable.shape))
        made[kind, seed, shape] = Decoder(model, spec, shape)
        return made[kind, seed, shape]

    return make
