"""`exprlearn report`: the HTML page of a run."""

from __future__ import annotations

from typing import Annotated

import typer

from exprlearn.cli.options import RUNS, RunArgument, RunsOption
from exprlearn.cli.output import echo, note

OpenOption = Annotated[bool, typer.Option("--open", help="Open it in a browser.")]


def report(run: RunArgument = "latest", open_: OpenOption = False, runs: RunsOption = RUNS) -> None:
    """Write the report of a run afresh and print its path."""
    from exprlearn.report import write_page
    from exprlearn.runs.run_folder import find

    page = write_page(find(run, runs).path, noted=note)
    echo(page)
    if open_:
        typer.launch(page.resolve().as_uri())
