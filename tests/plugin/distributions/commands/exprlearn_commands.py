from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from exprlearn.errors import DataError
from exprlearn.plugin import CommandSpec, hookimpl


def double() -> typer.Typer:
    app = typer.Typer()

    @app.command()
    def run(
        number: Annotated[int, typer.Argument(help="What is doubled.")],
        loudly: Annotated[bool, typer.Option(help="With a mark.")] = False,
    ) -> None:
        """Double a number."""
        typer.echo(f"{2 * number}{'!' if loudly else ''}")

    return app


class Panic(BaseException):
    """No exception that programs expect."""


def failing() -> typer.Typer:
    app = typer.Typer()

    @app.command()
    def unexpected() -> None:
        """Raise what nobody expects."""
        raise ValueError("of no\nuse")

    @app.command()
    def expected() -> None:
        """Raise what exprlearn expects."""
        raise DataError("nothing to read")

    @app.command()
    def panic() -> None:
        """Raise what extensions in other languages raise."""
        raise Panic("index out of range")

    @app.command()
    def leave() -> None:
        """Leave with a code."""
        raise typer.Exit(7)

    return app


def missing() -> typer.Typer:
    raise RuntimeError("no application")


@hookimpl
def exprlearn_commands() -> Iterator[CommandSpec]:
    yield CommandSpec(name="double", summary="Double a number.", app=double)
    yield CommandSpec(name="failing", summary="Fail in several ways.", app=failing)
    yield CommandSpec(name="missing", summary="Has no application.", app=missing)
    yield CommandSpec(name="train", summary="Would replace a built-in command.", app=double)
