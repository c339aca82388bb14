"""A fresh environment outside of the checkout, with the wheels of exprlearn and of every package of plugins/."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
# What would lead from the fresh environment back into this one.
LEADS_BACK = (
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "KERAS_BACKEND",
    "EXPRLEARN_PLUGINS",
    "EXPRLEARN_STRICT_PLUGINS",
)


@dataclass(frozen=True)
class Environment:
    """A folder with a virtual environment in it, and nothing else."""

    folder: Path

    @property
    def variables(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in LEADS_BACK}
        path = f"{self.folder / 'venv' / 'bin'}{os.pathsep}{kept['PATH']}"
        constraints = str(PROJECT / "constraints.txt")
        return {**kept, "PATH": path, "PIP_CONSTRAINT": constraints, "PIP_QUIET": "1", "COLUMNS": "160"}

    def run(self, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run command lines in bash; all must succeed, within a quarter of an hour together."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env={**self.variables, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}\n{done.stderr}"
        return done


@pytest.fixture(scope="session")
def packages() -> list[Path]:
    """The packages of plugins/."""
    return sorted(file.parent for file in (PROJECT / "plugins").glob("*/pyproject.toml"))


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Environment]:
    """A copy of the checkout in a folder of its own, without what git ignores."""
    names = shutil.ignore_patterns(".git", ".*cache*", ".hypothesis", ".venv", "__pycache__", "build", "dist")

    def left_out(folder: str, entries: list[str]) -> set[str]:
        # Runs lie at the top of a checkout; the room of that name belongs to the package.
        return {*names(folder, entries), *({"runs"} if Path(folder) == PROJECT else ())}

    shutil.copytree(PROJECT, tmp_path / "checkout", ignore=left_out)
    yield Environment(tmp_path / "checkout")
    shutil.rmtree(tmp_path)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory, packages: list[Path]) -> Iterator[Environment]:
    """The environment; it is removed in the end, for it is large."""
    fresh = Environment(tmp_path_factory.mktemp("fresh"))
    fresh.run(f"'{sys.executable}' -m venv venv")
    sources = " ".join(f"'{folder}'" for folder in [PROJECT, *packages])
    fresh.run(f"python -m pip wheel --no-deps -w wheels {sources}")
    fresh.run("python -m pip install --no-compile wheels/*.whl")
    yield fresh
    shutil.rmtree(fresh.folder)
