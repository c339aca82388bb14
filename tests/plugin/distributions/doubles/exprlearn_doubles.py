from __future__ import annotations

from collections.abc import Iterator

import typer

from exprlearn.plugin import CommandSpec, hookimpl


def thrice() -> typer.Typer:
    app = typer.Typer()

    @app.command()
    def run(number: int) -> None:
        """Write a number three times."""
        typer.echo(f"{number}{number}{number}")

    return app


@hookimpl
def exprlearn_commands() -> Iterator[CommandSpec]:
    yield CommandSpec(name="double", summary="Another one.", app=thrice)
