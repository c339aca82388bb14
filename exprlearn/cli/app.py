"""The application: the start page, the version, and the table of built-in commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exprlearn import __version__
from exprlearn.cli.group import BuiltIn, ExprLearnGroup
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


def _command(name: str, summary: str, module: str = "", **more: bool) -> tuple[str, BuiltIn]:
    return name, BuiltIn(summary, module or name, **more)


# In the order of a first hour.
BUILT_IN: dict[str, BuiltIn] = dict(
    [
        _command("train", "Train a model on a grammar; without arguments, learn two-digit addition in about a minute."),
        _command("predict", "Answer expressions with a trained model, beside the exact truth.", takes_minus=True),
        _command(
            "evaluate",
            "Judge trained models: exact match with its interval, baselines and groups; of several, a line each.",
        ),
        _command(
            "explain",
            "Show text, padding, tokens, ids, array shapes, layer shapes and the answer of one expression.",
            takes_minus=True,
        ),
        _command("sweep", "Train over settings, each trial a run of its own; run again, it goes on where it stopped."),
        _command(
            "compare", "Compare runs on the same test: exact McNemar, paired bootstrap, items only one gets right."
        ),
        _command("report", "Write the report of a run afresh and print its path."),
        _command(
            "playground",
            "Watch trainings, ask models and see where they are wrong, in a browser on this machine; Ctrl-C ends it.",
            module="report",
        ),
        _command("reproduce", "Do a run or a recipe again in a new run folder; exit 3 when it comes out otherwise."),
        _command("runs", "List, show and remove trained runs.", is_group=True),
        _command("recipes", "List, show and copy experiments that are ready to be run.", is_group=True),
        _command("grammar", "Check, count, sample and number what a grammar writes.", is_group=True),
        _command("data", "Look at data, write it to files, check and mend them.", is_group=True),
        _command(
            "curriculum", "Teach a task in stages: look at curricula, write them to files, run them.", is_group=True
        ),
        _command("components", "List what can be chosen by name, and its options.", is_group=True),
        _command("plugins", "List, check and write plugins.", is_group=True),
        _command("env", "Print versions, backends, device and plugins as a Markdown block for bug reports."),
    ]
)


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
        echo(START_PAGE)
