from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exprlearn.cli.app import BUILT_IN
from exprlearn.cli.plugin_commands import cache_file, load_plugins_once

Cli = Callable[..., Any]
PLUGIN = """
from exprlearn.plugin import CommandSpec, hookimpl
import typer

@hookimpl
def exprlearn_commands():
    yield CommandSpec(name="{name}", summary="Of a plugin.", app=typer.Typer)
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install a plugin with a command, and return its module's file."""
    site = tmp_path / "site"
    (site / "exprlearn_one-1.0.dist-info").mkdir(parents=True)
    (site / "exprlearn_one-1.0.dist-info" / "entry_points.txt").write_text("[exprlearn]\none = exprlearn_one\n")
    (site / "exprlearn_one-1.0.dist-info" / "METADATA").write_text("Name: exprlearn-one\nVersion: 1.0\n")
    (site / "exprlearn_one.py").write_text(PLUGIN.format(name="bench"))
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("EXPRLEARN_PLUGINS", "one")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    load_plugins_once.cache_clear()
    yield site / "exprlearn_one.py"
    forget()


def forget() -> None:
    """Be as a new process would be."""
    load_plugins_once.cache_clear()
    sys.modules.pop("exprlearn_one", None)


def helped(cli: Cli) -> str:
    forget()
    outcome = cli("--help")
    assert (outcome.code, outcome.err) == (0, "")
    return str(outcome.out)


def test_the_commands_of_plugins_are_remembered(cli: Cli, plugin: Path) -> None:
    assert "bench" in helped(cli)
    assert "exprlearn_one" in sys.modules
    assert "bench" in helped(cli)
    assert "exprlearn_one" not in sys.modules


def test_a_plugin_that_was_changed_is_asked_again(cli: Cli, plugin: Path) -> None:
    assert "bench" in helped(cli)
    plugin.write_text(PLUGIN.format(name="measure"))
    os.utime(plugin, ns=(0, 0))
    assert "measure" in helped(cli)


def test_another_choice_of_plugins_is_another_question(cli: Cli, plugin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "bench" in helped(cli)
    monkeypatch.setenv("EXPRLEARN_PLUGINS", "")
    assert "bench" not in helped(cli)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"installed": 1}', "[" * 100_000, "\xff"])
def test_a_damaged_memory_is_written_anew(cli: Cli, plugin: Path, text: str) -> None:
    told = helped(cli)
    kept = cache_file().read_text()
    cache_file().write_text(text, encoding="latin-1")
    assert helped(cli) == told
    assert json.loads(cache_file().read_text()) == json.loads(kept)


def test_a_home_that_cannot_be_written_to_costs_nothing_but_time(
    cli: Cli, plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert "bench" in helped(cli)


def test_what_a_broken_plugin_hides_is_not_remembered(cli: Cli, plugin: Path) -> None:
    plugin.write_text("import package_that_nobody_has\n")
    for _ in range(2):
        forget()
        assert "failed to import" in cli("--help").err
    assert not cache_file().exists()


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_line_of_a_built_in_command_is_the_first_of_its_help(cli: Cli, name: str) -> None:
    from exprlearn.cli.group import import_command

    command = import_command(name, BUILT_IN[name])
    assert command.help.splitlines()[0] == BUILT_IN[name].summary
