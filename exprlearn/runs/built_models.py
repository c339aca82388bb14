"""The model of a run: on its backend, and in numpy where the same code builds it without one."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exprlearn.backend.first_values import built_at_once
from exprlearn.backend.keras_import import load_keras
from exprlearn.backend.reproducibility import seeded
from exprlearn.config import Components
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.encoding import Encoder
from exprlearn.runs.frozen_weights import freeze
from exprlearn.tensors import on_numpy
from exprlearn.tensors.array_keras import Model

if TYPE_CHECKING:
    import keras

#: The plugin whose models name `keras` through `exprlearn.tensors`.
BUILT_IN = "exprlearn"


def build_model(components: Components, encoder: Encoder, *, processes: int = 1, is_new: bool = False) -> keras.Model:
    """Import Keras on the config's backend and build the model; the config's seed decides its first weights.

    With several `processes` all wait here for each other. The weights of one that `is_new` are drawn at once, which
    pays for the first model of a process.
    """
    config, spec = components.config, components.model
    rules = FRAMINGS[spec.framing].adapted(components)
    load_keras(config.training.backend, deterministic=config.training.deterministic, processes=processes)

    def build() -> keras.Model:
        with seeded(config.seed):
            return spec.build(rules.shape(encoder), components.model_options)

    model = built_at_once(build) if is_new else build()
    freeze(model, config.training.freeze)
    return model


def build_larger(components: Components, encoder: Encoder) -> Any:
    """Build the model once more for one token more, to be compared and not to be asked: in numpy if it is built in."""
    spec, shape = components.model, FRAMINGS[components.model.framing].adapted(components).shape(encoder)
    larger = replace(shape, vocabulary_size=shape.vocabulary_size + 1)
    with on_numpy() if is_built_in(components) else nullcontext():
        return spec.build(larger, components.model_options)


def build_on_numpy(components: Components, encoder: Encoder) -> Model | None:
    """Build a built-in model in numpy, without weights; None for one of a plugin, and where Keras is there already."""
    return None if is_keras_loaded() or not is_built_in(components) else in_numpy(components, encoder)


def is_built_in(components: Components) -> bool:
    """Tell whether the model is one of exprlearn's own, which numpy can build too."""
    plugin, *_ = components.origins["model"]
    return plugin == BUILT_IN


def in_numpy(components: Components, encoder: Encoder) -> Model:
    """Build a built-in model in numpy, without weights."""
    rules = FRAMINGS[components.model.framing].adapted(components)
    with on_numpy():
        model: Any = components.model.build(rules.shape(encoder), components.model_options)
    assert isinstance(model, Model)
    return model


def is_keras_loaded() -> bool:
    """Tell whether this process has imported Keras."""
    return "keras" in sys.modules
