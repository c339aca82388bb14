"""Recipes and folders of datasets."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from exprlearn.config import RunConfig, resolve
from exprlearn.dataset.store import Recipe, Tools, build, recipe_of
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.preparation import make_encoder

MakeRecipe = Callable[..., Recipe]
Bytes = Callable[[Path], Mapping[str, bytes]]


@pytest.fixture(scope="session")
def make_recipe() -> MakeRecipe:
    """Write recipes: sections of the config, or numbers of the data section, as keywords."""
    plugins = Plugins(only=())

    def make(
        grammar: str = "mixed", *, file_format: str = "jsonl", layout: str = "rows", seed: int = 0, **settings: Any
    ) -> Recipe:
        data = {"train": 1200, "validation": 100, "test": 150, "shards": 6} | settings.pop("data", {})
        config = RunConfig.model_validate(
            {"seed": seed, "grammar": {"name": grammar} | settings.pop("sizes", {}), "data": data, **settings}
        )
        return recipe_of(resolve(config, plugins), file_format=file_format, layout=layout)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def tools() -> Tools:
    return Tools(encoder=make_encoder)


@pytest.fixture(scope="session")
def recipe(make_recipe: MakeRecipe) -> Recipe:
    return make_recipe()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, recipe: Recipe) -> Path:
    """A finished folder, for looking at only."""
    folder = tmp_path_factory.mktemp("built") / "data"
    build(folder, recipe)
    return folder


@pytest.fixture
def folder(tmp_path: Path, built: Path) -> Path:
    """A finished folder to damage."""
    return Path(shutil.copytree(built, tmp_path / "data"))


@pytest.fixture(scope="session")
def contents() -> Bytes:
    """Read every file below a folder."""

    def read(folder: Path) -> Mapping[str, bytes]:
        return {
            str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
        }

    return read
