"""`exprlearn playground`: a local page over run folders."""

from __future__ import annotations

from typing import Annotated

import typer

from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import RUNS, PluginFilesOption, PluginNamesOption, RunsOption, StrictPluginsOption
from exprlearn.cli.output import echo

RunArgument = Annotated[
    str | None, typer.Argument(metavar="[RUN]", help="The run to begin with [the newest]; `latest`, a name or a path.")
]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help="Where to listen; 0 takes any that is free.")]
OpenOption = Annotated[bool, typer.Option("--open", help="Open it in a browser.")]


def playground(
    run: RunArgument = None,
    port: PortOption = 8765,
    open_: OpenOption = False,
    runs: RunsOption = RUNS,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
    strict_plugins: StrictPluginsOption = False,
) -> None:
    """Watch trainings, ask models and see where they are wrong, in a browser on this machine; Ctrl-C ends it."""
    from exprlearn.playground.serving import serve
    from exprlearn.runs.run_folder import find

    first = None
    if run is not None:
        folder = find(run, runs).path.resolve()
        runs, first = folder.parent, folder.name

    def ready(address: str) -> None:
        echo(address)
        if open_:
            typer.launch(address)

    serve(runs, port, plugins=load_plugins(plugin, plugins, strict_plugins), first=first, ready=ready)
