"""What holds for every command: a Typer application that explains itself and is made in no time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from exprlearn.plugin import NoOptions
from exprlearn.testing.check import Subject, demand, demand_silence
from exprlearn.testing.contract import Contract
from exprlearn.testing.fresh import ask_about, heavy_modules_here


class CommandContract(Contract, kind="command"):
    """What every command promises."""


@CommandContract.check()
def its_app_is_a_typer_application(subject: Subject) -> None:
    """Make the application and the command of it."""
    app = subject.spec.app()
    demand(isinstance(app, typer.Typer), f"app must return a typer.Typer, received {app!r}")
    demand(app.registered_commands or app.registered_groups, "its app has no command: write one with @app.command()")
    typer.main.get_command(app)


@CommandContract.check(needs=its_app_is_a_typer_application)
def making_its_app_prints_nothing(subject: Subject) -> None:
    """Listen while it is made: standard output is for results."""
    with demand_silence():
        subject.spec.app()


@CommandContract.check(needs=its_app_is_a_typer_application)
def every_command_and_option_has_help(subject: Subject) -> None:
    """Look for what `--help` would leave empty."""
    silent = [name for name, said in _helps(subject.entry.spec.name, _command(subject)) if not said]
    demand(not silent, f"no help: {', '.join(silent)}; write a docstring, and typer.Option(help=...)")


@CommandContract.check(needs=its_app_is_a_typer_application)
def asking_for_its_help_leaves_keras_out(subject: Subject) -> None:
    """Ask for its help in a fresh process: Keras and its backends belong inside of commands."""
    found = ask_about(subject, modules_of_help)
    demand(not found, f"its help imports {', '.join(found)}: import it where a command is run")


def modules_of_help(subject: Subject, folder: Path) -> list[str]:
    """Ask for its help and name the heavy packages that are imported by then; asked in a new process."""
    ran = CliRunner().invoke(subject.spec.app(), ["--help"])
    demand(not ran.exit_code, f"--help ends with exit code {ran.exit_code}: {ran.exception!r}")
    return heavy_modules_here()


@CommandContract.check()
def its_options_are_those_of_typer(subject: Subject) -> None:
    """Look at the options of the spec, which nobody can set."""
    options = subject.spec.options
    demand(options is NoOptions, f"options={options.__name__} is never read: write typer.Option for each")


def _command(subject: Subject) -> Any:
    return typer.main.get_command(subject.spec.app())


def _helps(name: str, command: Any) -> Iterator[tuple[str, str | None]]:
    """Yield the names of a command, its parameters and all below, each with its help."""
    below = getattr(command, "commands", {})
    if not below:
        yield name, command.help
    for parameter in command.params:
        if parameter.name not in ("install_completion", "show_completion"):
            yield f"{name} {parameter.opts[0]}", getattr(parameter, "help", None)
    for child, part in below.items():
        yield from _helps(f"{name} {child}", part)
