"""Recipes and folders of datasets."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from exprlearn.dataset.store import Recipe, build

Bytes = Callable[[Path], Mapping[str, bytes]]


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
