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
    """Yield commands, for `exprlearn NAME`.

    A command is a Typer application, made when the command is run. Built-in commands are found first, and
    `exprlearn --help` lists those of the plugins that are installed. One of a plugin in one file is reached as
    `exprlearn --plugin answer.py answer 12+34*5`.
    """


KIND = Kind(
    spec=CommandSpec,
    hook=exprlearn_commands,
    example="answer",
    command="exprlearn {name} 12+34*5",
    page="cli",
)
