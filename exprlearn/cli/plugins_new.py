"""`exprlearn plugins new`: a plugin that works, for an author to change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from exprlearn.cli.output import echo

Kind = Literal[
    "grammar",
    "constraint",
    "division",
    "drawing",
    "curriculum",
    "schedule",
    "tokenizer",
    "padding",
    "reversal",
    "model",
    "metric",
    "observer",
    "engine",
    "command",
]


def new_plugin(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the component: lower-case words joined by -.")],
    kind: Annotated[Kind, typer.Option("--kind", help="What it brings.", show_default=False)],
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="Where its folder is made.")] = Path(),
) -> None:
    """Write a package with one component and its tests, which pass as they are."""
    from exprlearn.plugin.kinds import KINDS
    from exprlearn.plugin.scaffolding import write_plugin

    files = write_plugin(name, kind, into)
    folder, name = files[0].parent, name.removeprefix("exprlearn-")
    echo("\n".join(f"wrote    {file}" for file in files))
    echo(f'next     python -m pip install -e "{folder}[test]"')
    echo(f"         pytest {folder}")
    echo(f"         {KINDS[kind].command.format(name=name)}")
