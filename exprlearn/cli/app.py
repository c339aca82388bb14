"""The application: the start page and the version; the commands are those of the table and of plugins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exprlearn import __version__
from exprlearn.cli.group import ExprLearnGroup
from exprlearn.cli.output import echo

START_PAGE = """\
exprlearn learns arithmetic from text.          all commands: exprlearn --help

  Start     exprlearn train                     two-digit addition, about a minute
            exprlearn train --grammar mixed     + - * / with brackets
  Look      exprlearn grammar sample mixed      exprlearn explain '12+34'
  Ask       exprlearn predict '12+34'
  Judge     exprlearn evaluate latest           exprlearn report latest --open
            exprlearn runs list                 exprlearn playground --open
  Extend    exprlearn components list           exprlearn plugins list"""

app = typer.Typer(
    name="exprlearn",
    cls=ExprLearnGroup,
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
        echo(START_PAGE)
