from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import exprlearn
from exprlearn.cli.app import ExprLearnGroup
from exprlearn.errors import ExprLearnError, GrammarError, OptionError, QualityGateError

Cli = Callable[..., Any]
COMMANDS = (
    "train",
    "predict",
    "evaluate",
    "explain",
    "report",
    "export",
    "reproduce",
    "runs",
    "recipes",
    "grammar",
    "data",
    "components",
    "plugins",
    "env",
)


def test_alone_it_tells_what_to_type_first(cli: Cli) -> None:
    outcome = cli()
    assert outcome.code == 0
    assert outcome.out.startswith("exprlearn learns arithmetic from text.")
    assert len(outcome.out.splitlines()) < 15


def test_every_command_on_the_start_page_can_be_typed(cli: Cli) -> None:
    typed = [line.split("exprlearn ")[1].split()[0] for line in cli().out.splitlines()[1:] if "exprlearn " in line]
    assert set(typed) <= set(COMMANDS)


def test_help_names_every_command(cli: Cli) -> None:
    assert all(name in cli("--help").out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(cli: Cli, name: str) -> None:
    outcome = cli(name, "-h")
    assert outcome.code == 0
    assert "Usage" in outcome.out


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_told(cli: Cli, flag: str) -> None:
    assert cli(flag).out == f"exprlearn {exprlearn.__version__}\n"


@pytest.mark.parametrize("arguments", [("trian",), ("train", "--epcohs", "3"), ("evaluate", "--split", "train")])
def test_what_cannot_be_typed_is_a_usage_error_on_stderr(cli: Cli, arguments: tuple[str, ...]) -> None:
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "exprlearn.cli.main", "components", "show", "model", "nothing"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: no model named 'nothing': Available: ")
    assert "Traceback" not in done.stderr


def failing(error: BaseException) -> typer.Typer:
    app = typer.Typer(cls=ExprLearnGroup)

    @app.command()
    def fail() -> None:
        raise error

    @app.command()
    def succeed() -> None:
        typer.echo("done")

    return app


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ExprLearnError("no"), 1),
        (GrammarError("no", path="a.lark", line=3), 1),
        (OptionError(["no", "neither"]), 2),
        (QualityGateError("no"), 3),
    ],
)
def test_an_expected_failure_is_one_message_with_its_exit_code(error: ExprLearnError, code: int) -> None:
    result = CliRunner().invoke(failing(error), ["fail"])
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.stderr


def test_several_problems_stand_in_one_column() -> None:
    result = CliRunner().invoke(failing(OptionError(["one", "two"])), ["fail"])
    assert result.stderr == "error: one\n       two\n"


def test_a_programming_error_stays_loud() -> None:
    result = CliRunner().invoke(failing(ZeroDivisionError("a fault of ours")), ["fail"])
    assert isinstance(result.exception, ZeroDivisionError)


def test_an_interrupted_command_leaves_with_130() -> None:
    result = CliRunner().invoke(failing(KeyboardInterrupt()), ["fail"])
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def test_other_commands_are_untouched() -> None:
    result = CliRunner().invoke(failing(ExprLearnError("no")), ["succeed"])
    assert (result.exit_code, result.stdout) == (0, "done\n")
