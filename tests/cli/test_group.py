from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from exprlearn.cli.group import ExprLearnGroup
from exprlearn.errors import ExprLearnError, GrammarError, OptionError, QualityGateError


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
