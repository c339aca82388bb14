from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exprlearn.cli.app import app

Cli = Callable[..., "Outcome"]

TINY = """\
[grammar]
name = "addition"
range = "0..9"
[data]
validation = 5
test = 5
[model]
name = "seq2seq"
units = 8
embedding = 4
attention = false
bidirectional = false
[training]
epochs = 1
examples_per_epoch = 64
batch_size = 32
"""


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Trained:
    """A run trained through the command line."""

    runs: Path
    outcome: Outcome

    @property
    def flags(self) -> list[str]:
        """Return the flags that find it."""
        return ["--runs", str(self.runs)]


def invoke(*arguments: str, stdin: str | None = None) -> Outcome:
    """Run a command in this process, as the shell would; programming errors stay loud."""
    result = CliRunner(env={"COLUMNS": "120"}).invoke(app, list(arguments), input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run commands in an empty folder, with nothing in the user's cache."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    return invoke


@pytest.fixture(scope="session")
def run_command() -> Cli:
    """Run commands wherever this process is."""
    return invoke


@pytest.fixture(scope="session")
def backend() -> str:
    """Name the backend that this process can still use: one process has one."""
    keras = sys.modules.get("keras")
    return str(keras.backend.backend()) if keras is not None else "tensorflow"


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, backend: str) -> Trained:
    """Train a model that is far too small, once."""
    folder = tmp_path_factory.mktemp("trained")
    config = folder / "tiny.toml"
    config.write_text(TINY, encoding="utf-8")
    arguments = ["--config", str(config), "--backend", backend, "--name", "tiny", "--json", "--progress", "none"]
    return Trained(folder / "runs", invoke("train", *arguments, "--runs", str(folder / "runs")))
