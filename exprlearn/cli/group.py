"""How the command line fails: expected failures are one message and an exit code, never a traceback."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from exprlearn.errors import ExprLearnError

INTERRUPTED = 130
EXIT_CODES = {"interrupted": INTERRUPTED, "terminated": 143}


class ExprLearnGroup(TyperGroup):
    """Commands whose expected failures become `error: …` on stderr; programming errors stay loud."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except ExprLearnError as error:
            typer.echo(written(error), err=True)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None


def written(error: ExprLearnError) -> str:
    r"""Write an error as the terminal shows it; further lines stay in the column of the first.

    >>> print(written(ExprLearnError("one\ntwo")))
    error: one
           two
    """
    return "error: " + str(error).replace("\n", "\n       ")
