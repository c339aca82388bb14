"""`exprlearn report` and `exprlearn playground`: runs in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import OpenOption, Options, RunArgument, takes
from exprlearn.cli.output import echo, note

FirstArgument = Annotated[
    str | None, typer.Argument(metavar="[RUN]", help="The run to begin with [the newest]; `latest`, a name or a path.")
]
PortOption = Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes any that is free.")]


@takes("runs")
def report(options: Options, run: RunArgument = "latest", open_: OpenOption = False) -> None:
    """Write the report of a run afresh and print its path."""
    from exprlearn.report import write_page
    from exprlearn.runs.run_folder import find

    page = write_page(find(run, options.runs).path, noted=note)
    echo(page)
    if open_:
        typer.launch(page.resolve().as_uri())


@takes("runs plugin plugins strict_plugins")
def playground(options: Options, run: FirstArgument = None, port: PortOption = 8765, open_: OpenOption = False) -> None:
    """Watch trainings, ask models and see where they are wrong, in a browser on this machine; Ctrl-C ends it."""
    from exprlearn.playground.server import serve
    from exprlearn.runs.run_folder import find

    runs, first = options.runs, None
    if run is not None:
        folder = find(run, runs).path.resolve()
        runs, first = folder.parent, folder.name

    def ready(address: str) -> None:
        echo(address)
        if open_:
            typer.launch(address)

    serve(runs, port, plugins=load_plugins(options), first=first, ready=ready)
