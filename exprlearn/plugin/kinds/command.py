"""Commands: what else can be typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from exprlearn.plugin.spec import Kind, Spec, hookspec

if TYPE_CHECKING:
    import typer


@dataclass(frozen=True, kw_only=True)
class CommandSpec(Spec):
    """A command: `exprlearn NAME …`.

    Attributes:
        app: returns the Typer application that is run; its arguments and options are typer's, so `options` stays empty.
    """

    kind: ClassVar[str] = "command"
    app: Callable[[], typer.Typer]


@hookspec
def exprlearn_commands() -> Iterable[CommandSpec]:  # type: ignore[empty-body]
    '''Yield commands, for `exprlearn NAME`.

    A command is a Typer application, made when the command is run. Built-in commands are found first, and
    `exprlearn --help` lists those of the plugins that are installed. One of a plugin in one file is reached as
    `exprlearn --plugin factors.py factors 360`.

    Example:
        """A command plugin: `exprlearn factors 360` prints `2*2*2*3*3*5`."""

        from collections.abc import Iterable
        from itertools import count

        from exprlearn.plugin import CommandSpec, hookimpl


        def prime_factors(number):
            """List the prime factors of a number, the smallest first."""
            if number < 2:
                return []
            smallest = next(divisor for divisor in count(2) if number % divisor == 0)
            return [smallest, *prime_factors(number // smallest)]


        def app():
            """Make the command; its arguments and options are typer's."""
            import typer

            application = typer.Typer()

            @application.command()
            def factors(number: int = typer.Argument(min=1, help="From 1 on.")) -> None:
                """Print a number as a product of primes."""
                typer.echo("*".join(map(str, prime_factors(number))) or "1")

            return application


        @hookimpl
        def exprlearn_commands() -> Iterable[CommandSpec]:
            """Yield the command."""
            yield CommandSpec(name="factors", summary="Print a number as a product of primes.", app=app)
    '''


KIND = Kind(
    spec=CommandSpec,
    hook=exprlearn_commands,
    command="exprlearn {name} 12+34*5",
    page="cli",
)
