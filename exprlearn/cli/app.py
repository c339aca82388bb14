"""The application: the start page, the version, and the table of commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exprlearn import __version__
from exprlearn.cli.commands import BUILT_IN
from exprlearn.cli.group import ExprLearnGroup
from exprlearn.cli.output import echo
from exprlearn.cli.start import start_page


class Application(ExprLearnGroup):
    """The group of the built-in commands."""

    built_in = BUILT_IN


app = typer.Typer(
    name="exprlearn",
    cls=Application,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        echo(f"exprlearn {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    plugin: Annotated[
        list[Path] | None,
        typer.Option("--plugin", metavar="FILE.py", is_eager=True, help="Run a command of a one-file plugin."),
    ] = None,
) -> None:
    """Learn arithmetic from text; a Lark grammar is the data specification."""
    if ctx.invoked_subcommand is None:
        echo(start_page())
