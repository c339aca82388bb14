"""Trainings as the benchmarks begin them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exprlearn.config import Components, read_config, resolve
from exprlearn.dataset import Splits, load_space, load_splits
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import find_recipe
from exprlearn.runs.preparation import answer_statistics, make_encoder
from exprlearn.runs.run import Run
from exprlearn.runs.starting import start_run


def components_of(
    *sets: str, flags: Mapping[str, Any] | None = None, recipe: str | None = None, plugins: Plugins | None = None
) -> Components:
    """Return what settings name, above a recipe if there is one, and without plugins where none are given."""
    plugins, preset = plugins or Plugins(only=()), find_recipe(recipe).preset if recipe else None
    return resolve(read_config(None, flags, sets, preset=preset, plugins=plugins).config, plugins)


def begin(components: Components, runs: Path) -> tuple[Run, Splits]:
    """Make a run that is not trained yet, and what it learns from."""
    space = load_space(components.config.grammar, components)
    splits, encoder = load_splits(space, components), make_encoder(space, components)
    common, scale = answer_statistics(splits, components.model.framing)
    run = start_run(components, encoder, runs=runs, name=None, data=space, common_answer=common, scale=scale)
    return run, splits
