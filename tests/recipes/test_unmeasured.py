"""The recipes of benchmarks/unmeasured are whole: what they still need is a measurement and a band."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exprlearn.config import Components, read_config, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import find_recipe, recipe_names
from exprlearn.runs import make_encoder

UNMEASURED = sorted((Path(__file__).parents[2] / "benchmarks" / "unmeasured").glob("*.toml"))
MOST_WEIGHTS = 1_000_000


def components_of(file: Path) -> Components:
    plugins = Plugins(only=())
    return resolve(read_config(preset=find_recipe(str(file)).preset, plugins=plugins).config, plugins)


@pytest.mark.parametrize("file", UNMEASURED, ids=lambda file: file.stem)
def test_a_recipe_comes_along_once_it_is_measured(file: Path) -> None:
    assert file.stem not in recipe_names()
    assert find_recipe(str(file)).about.band is None


@pytest.mark.parametrize("file", UNMEASURED, ids=lambda file: file.stem)
def test_its_data_is_there_and_its_model_is_small(file: Path, keras: Any) -> None:
    components = components_of(file)
    space = load_space(components.config.grammar, components)
    splits = load_splits(space, components)
    assert len(splits.train.take(32, start=0)[0]) == 32
    assert splits.notes == ()
    shape = FRAMINGS[components.model.framing].adapted(components).shape(make_encoder(space, components))
    model = components.model.build(shape, components.model_options)
    assert model.count_params() <= MOST_WEIGHTS
