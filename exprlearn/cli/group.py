"""How the command line fails: expected failures are one message and an exit code, never a traceback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup

from exprlearn.cli.commands import BuiltIn, Imported
from exprlearn.cli.output import echo
from exprlearn.cli.plugin_commands import USAGE, blamed, listed, made, stub
from exprlearn.errors import ExprLearnError, OptionError
from exprlearn.visible import visible

INTERRUPTED = 130
EXIT_CODES = {"interrupted": INTERRUPTED, "terminated": 143, "hung up": 129}


class ExprLearnGroup(TyperGroup):
    """Commands whose expected failures become `error: …` on stderr; programming errors of exprlearn stay loud.

    Plugins are loaded for a name that is not built in, and for the list of all commands; never for a built-in command.

    Attributes:
        built_in: commands that are imported when they are run.
    """

    built_in: ClassVar[Mapping[str, BuiltIn]] = {}

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        own = dict(self.commands)
        self.commands = Imported(dict(self.built_in))
        self.commands.update(own)

    def list_commands(self, ctx: Any) -> list[str]:
        """List the built-in commands, then those of plugins."""
        return [*self.commands, *listed(list(self.commands), _files(ctx))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a built-in command, or what stands for the one of a plugin."""
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        summary = listed(list(self.commands), _files(ctx)).get(cmd_name)
        return None if summary is None else stub(cmd_name, summary)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command to run."""
        files = _files(ctx)
        if args[0] in self.commands and files:
            raise OptionError(f"--plugin {files[0]}: write it behind {args[0]}, which is built in")
        if args[0] in self.commands or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        return args[0], made(args[0], list(self.commands), files), args[1:]

    def get_help(self, ctx: Any) -> str:
        """Return the help; plugins wrote some of it."""
        return visible(super().get_help(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help as plain text: drawing it with rich takes as long as all the rest of it."""
        super(TyperGroup, self).format_help(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a line for each command, without importing any."""
        told = {name: self._summary(name) for name in self.commands}
        brought = listed(list(self.commands), _files(ctx))
        for heading, rows in (("Commands", told), ("Commands of plugins", brought)):
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(list(rows.items()))

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        """Read the options; the help is shown meanwhile."""
        with _told():
            return super().make_context(*arguments, **settings)

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        with _told():
            return self._invoked(ctx)

    def _invoked(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        # A command of a plugin may raise anything.
        except BaseException as error:
            name = ctx.invoked_subcommand
            if name is None or name in self.commands:
                raise
            raise blamed(name, error, _files(ctx)) from error

    def _summary(self, name: str) -> str:
        built_in = self.built_in.get(name)
        return built_in.summary if built_in else str(self.commands[name].get_short_help_str())


@contextmanager
def _told() -> Iterator[None]:
    try:
        with _unknown_options_told():
            yield
    except ExprLearnError as error:
        echo(written(error), err=True)
        raise typer.Exit(error.exit_code) from None
    except USAGE as error:
        error.message = visible(error.message)
        raise
    except KeyboardInterrupt:
        echo("interrupted", err=True)
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def _unknown_options_told() -> Iterator[None]:
    """Name the setting that an unknown option means."""
    try:
        yield
    except USAGE as error:
        if type(error).__name__ == "NoSuchOption":
            from exprlearn.cli.unknown_options import refuse

            refuse(error)
        raise


def _files(ctx: Any) -> tuple[Path, ...]:
    """Tell which one-file plugins were named before the command."""
    return tuple(ctx.params.get("plugin") or ())


def written(error: ExprLearnError) -> str:
    r"""Write an error as the terminal shows it; further lines stay in the column of the first.

    >>> print(written(ExprLearnError("one\ntwo")))
    error: one
           two
    """
    return "error: " + str(error).replace("\n", "\n       ")
