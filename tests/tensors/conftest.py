from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from exprlearn.config import Components, read_config, resolve
from exprlearn.dataset import load_space
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.decoder import Decoder
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.decoding.working_writer import working_writer
from exprlearn.encoding import Encoder
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.built_models import build_model
from exprlearn.runs.preparation import make_encoder
from exprlearn.runs.starting import load
from exprlearn.sampling import ExpressionSpace
from exprlearn.tensors import on_numpy
from exprlearn.walk import learn


class Both(NamedTuple):
    """A model of the backend and the same in numpy, each with what asks it, and expressions to ask for."""

    model: Any
    numpy_model: Any
    on_backend: Answerer
    in_numpy: Answerer
    expressions: list[str]


def on_both(model: Any, components: Components, encoder: Encoder, expressions: list[str], few: int) -> Both:
    """Build the model in numpy too, and give it the weights."""
    spec, rules = components.model, FRAMINGS[components.model.framing].adapted(components)
    with on_numpy():
        numpy_model: Any = spec.build(rules.shape(encoder), components.model_options)
    for variable, other in zip(numpy_model.variables, model.variables, strict=True):
        variable.assign(np.asarray(other).astype(variable.dtype))
    writer = working_writer(components, encoder)
    decoders = [Decoder(each, spec, rules.shape(encoder), few=few, rules=rules) for each in (model, numpy_model)]
    asking = [Answerer(decoder, encoder, 100.0, writer) for decoder in decoders]
    return Both(model, numpy_model, *asking, expressions)


@pytest.fixture
def both(keras: Any) -> Any:
    """Make a model over random weights that tell its answers apart, for the settings given."""

    def make(*settings: str, count: int = 200) -> Both:
        plugins = Plugins(only=())
        config = read_config(None, {}, ["grammar.name=mixed", *settings], plugins=plugins, of_model=True).config
        components = resolve(config, plugins)
        space = load_space(config.grammar, components)
        encoder = make_encoder(space, components)
        model, draw = build_model(components, encoder), np.random.default_rng([3, 7, 0])
        for variable in model.variables:
            if variable.name != "seed_generator_state":
                # A variance is no less than 0, and a one-hot table is what it is.
                drawn = np.abs(draw.normal(0.0, 0.5, variable.shape))
                variable.assign(drawn if "variance" in variable.name else drawn * draw.choice([-1, 1], drawn.shape))
        return on_both(model, components, encoder, expressions_of(space, count), few=2**20)

    return make


@pytest.fixture
def both_trained(keras: Any, tmp_path: Path) -> Any:
    """Train a model of default size for an epoch, and ask it 10 000 expressions."""

    def make(*settings: str) -> Both:
        plugins = Plugins(only=())
        small = ("training.epochs=1", "data.validation=100", "data.test=100", "grammar.name=mixed")
        config = read_config(None, {}, [*small, *settings], plugins=plugins, of_model=True).config
        run = load(learn(config, resolve(config, plugins), runs=tmp_path).run, plugins=plugins)
        expressions = expressions_of(load_space(config.grammar, run.components), 10_000)
        return on_both(run.model, run.components, run.encoder, expressions, few=16)

    return make


def expressions_of(space: ExpressionSpace, count: int) -> list[str]:
    """Choose expressions of a space."""
    return [space[index] for index in np.random.default_rng([3, 8, 0]).integers(0, space.size, count).tolist()]
