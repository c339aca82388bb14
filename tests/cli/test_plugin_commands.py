from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exprlearn.cli.plugin_commands import cache_file, load_plugins_once

Cli = Callable[..., Any]
Bring = Callable[..., None]
DISTRIBUTIONS = Path(__file__).parents[1] / "plugin" / "distributions"
FAILING = "command commands/failing (exprlearn-commands 0.2)"
MISSING = "command commands/missing (exprlearn-commands 0.2)"

PLUGIN = """
from exprlearn.plugin import CommandSpec, hookimpl
import typer

@hookimpl
def exprlearn_commands():
    yield CommandSpec(name="{name}", summary="Of a plugin.", app=typer.Typer)
"""


@pytest.fixture
def bring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bring]:
    """Put checked-in distributions on the path; nothing of them is left afterwards."""

    def put(*names: str) -> None:
        monkeypatch.setenv("EXPRLEARN_PLUGINS", ",".join(names))
        for name in names:
            monkeypatch.syspath_prepend(str(DISTRIBUTIONS / name))

    load_plugins_once.cache_clear()
    yield put
    load_plugins_once.cache_clear()
    for name in ("commands", "doubles"):
        sys.modules.pop(f"exprlearn_{name}", None)


def test_a_command_of_a_plugin_takes_its_arguments_and_tells_its_help(cli: Cli, bring: Bring) -> None:
    bring("commands")
    assert cli("double", "21", "--loudly").out == "42!\n"
    assert "With a mark." in cli("double", "--help").out
    assert cli("double", "one").code == 2
    assert cli("failing", "leave").code == 7


def test_the_help_lists_the_commands_of_plugins_and_makes_none(cli: Cli, bring: Bring) -> None:
    bring("commands")
    outcome = cli("--help")
    assert (outcome.code, outcome.err) == (0, "")
    for told in ("double", "Double a number.", "missing", "Has no application.", "commands/train"):
        assert told in outcome.out


def test_a_built_in_command_is_never_replaced_and_loads_no_plugin(cli: Cli, bring: Bring) -> None:
    bring("commands")
    assert "Train a model" in cli("train", "--help").out
    assert "exprlearn_commands" not in sys.modules
    assert cli("commands/train", "2").out == "4\n"


def test_a_command_that_two_plugins_bring_is_said_with_its_plugin(cli: Cli, bring: Bring) -> None:
    bring("commands", "doubles")
    outcome = cli("double", "4")
    assert outcome.code == 2
    offers = "commands/double (exprlearn-commands 0.2), doubles/double (exprlearn-doubles 0.3)"
    assert f"say which one: {offers}" in outcome.err
    assert (cli("commands/double", "4").out, cli("doubles/double", "4").out) == ("8\n", "444\n")
    assert "doubles/double" in cli("--help").out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["failing", "unexpected"], 1, f"error: {FAILING} failed: ValueError: of no use"),
        (["failing", "panic"], 1, f"error: {FAILING} failed: Panic: index out of range"),
        (["failing", "expected"], 1, "error: nothing to read"),
        (["missing"], 1, f"error: {MISSING} cannot be made: RuntimeError: no application"),
        (["duoble", "4"], 2, "error: no command named 'duoble': did you mean 'double'?"),
        (["trian"], 2, "error: no command named 'trian': did you mean 'train'?"),
    ],
)
def test_a_command_that_fails_or_is_not_there_is_told_in_one_line(
    cli: Cli, bring: Bring, arguments: list[str], code: int, said: str
) -> None:
    bring("commands")
    outcome = cli(*arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith(said)
    assert outcome.err.count("\n") == 1


def test_a_command_of_a_one_file_plugin_is_run_when_the_file_is_named_before_it(cli: Cli, bring: Bring) -> None:
    bring()
    file = str(DISTRIBUTIONS / "commands" / "exprlearn_commands.py")
    assert cli("--plugin", file, "double", "4").out == "8\n"
    assert "Double a number." in cli("--plugin", file, "--help").out
    assert cli("--plugin", file, "failing", "unexpected").err.startswith("error: command exprlearn_commands/failing (")
    outcome = cli("--plugin", file, "components", "list")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"error: --plugin {file}: write it behind components, which is built in\n"


def test_help_with_plugins_that_cannot_be_had_is_an_error_without_a_traceback(
    cli: Cli, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring("missing")
    monkeypatch.setenv("EXPRLEARN_STRICT_PLUGINS", "1")
    outcome = cli("--help")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: missing (exprlearn-missing 0.1) failed to import: ")
    assert cli("--plugin", "none.py", "--help").err == "error: plugin file 'none.py' does not exist\n"


def test_a_traceback_is_there_for_those_who_ask(cli: Cli, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    bring("commands")
    monkeypatch.setenv("EXPRLEARN_TRACE_PLUGINS", "1")
    told = cli("failing", "unexpected").err
    assert "Traceback" in told
    assert told.splitlines()[-1] == f"error: {FAILING} failed: ValueError: of no use"


def test_a_broken_plugin_is_told_once_and_the_help_is_shown_all_the_same(cli: Cli, bring: Bring) -> None:
    bring("missing", "commands")
    outcome = cli("--help")
    assert outcome.code == 0
    assert "Double a number." in outcome.out
    assert outcome.err.startswith("warning: missing (exprlearn-missing 0.1) failed to import: ModuleNotFoundError")
    assert outcome.err.count("\n") == 1


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
