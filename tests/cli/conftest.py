from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from exprlearn.cli import output
from exprlearn.cli.app import app
from exprlearn.report import as_text

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


@contextmanager
def recorded() -> Iterator[list[Any]]:
    """Record what commands print through rich, besides printing it."""
    views: list[Any] = []
    made = output.console

    def recording(*, stderr: bool = False) -> Console:
        console = made(stderr=stderr)
        printing = console.print

        def printed(*shown: Any, **how: Any) -> None:
            views.extend(shown)
            printing(*shown, **how)

        console.print = printed  # type: ignore[method-assign]
        return console

    output.console = recording
    try:
        yield views
    finally:
        output.console = made


def assert_nothing_is_cut(view: Any, width: int) -> None:
    """Assert that a view has no ellipsis of its own at some width, and that what a table's rows are called is whole.

    No line of a table is wider, unless a cell of it alone is, such as a path, which stays whole to be copied.
    """
    text = as_text(view, width)
    assert text.count("…") <= as_text(view, 10_000).count("…")
    if not isinstance(view, output.TextTable):
        return
    lines = text.splitlines()
    named = max(map(cell_len, view.columns), default=0) + output.GAP
    whole = [cell for row in view.rows for cell in row if named + cell_len(cell) > width]
    wide = [line for line in lines if cell_len(line) > width]
    assert all(any(cell in line for cell in whole) for line in wide), f"wider than {width}: {wide}"
    for row in view.rows:
        assert any(row[0] in line for line in lines), f"{row[0]} is not whole at {width} columns"
        words = [word for cell in row for word in cell.split() if len(word) < output.FOLDED]
        assert not [word for word in words if word not in text]


def invoke(*arguments: str, stdin: str | None = None) -> Outcome:
    """Run a command in this process, as the shell would; programming errors stay loud.

    Whatever tables it prints, at any time in any test, are looked at in narrow terminals too.
    """
    with recorded() as views:
        result = CliRunner(env={"COLUMNS": "120"}).invoke(app, list(arguments), input=stdin)
    for view in views:
        for width in (60, 80):
            assert_nothing_is_cut(view, width)
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
