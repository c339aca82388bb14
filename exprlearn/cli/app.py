"""The application: its commands in the order of a first hour, the start page and the version."""

from __future__ import annotations

from typing import Annotated

import typer

from exprlearn import __version__
from exprlearn.cli.compare import compare
from exprlearn.cli.components import components
from exprlearn.cli.data import data
from exprlearn.cli.env import env
from exprlearn.cli.evaluate import evaluate
from exprlearn.cli.explain import explain
from exprlearn.cli.grammar import grammar
from exprlearn.cli.group import ExprLearnGroup
from exprlearn.cli.plugins import plugins
from exprlearn.cli.predict import predict
from exprlearn.cli.recipes import recipes
from exprlearn.cli.report import report
from exprlearn.cli.reproduce import reproduce
from exprlearn.cli.runs import runs
from exprlearn.cli.start import start_page
from exprlearn.cli.train import train

app = typer.Typer(
    name="exprlearn",
    cls=ExprLearnGroup,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"exprlearn {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Learn arithmetic from text; a Lark grammar is the data specification."""
    if ctx.invoked_subcommand is None:
        typer.echo(start_page())


app.command()(train)
# An expression may begin with a minus, which is no option.
app.command(context_settings={"ignore_unknown_options": True})(predict)
app.command()(evaluate)
app.command(context_settings={"ignore_unknown_options": True})(explain)
app.command()(compare)
app.command()(report)
app.command()(reproduce)
app.add_typer(runs, name="runs")
app.add_typer(recipes, name="recipes")
app.add_typer(grammar, name="grammar")
app.add_typer(data, name="data")
app.add_typer(components, name="components")
app.add_typer(plugins, name="plugins")
app.command()(env)
