"""The group of all commands: built-in ones are imported when they are run, expected failures are one message each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup

from exprlearn.cli.output import echo
from exprlearn.cli.plugin_commands import USAGE, blame, list_commands, load_command, placeholder
from exprlearn.errors import ExprLearnError, OptionError
from exprlearn.visible import visible

INTERRUPTED = 130
EXIT_CODES = {"interrupted": INTERRUPTED, "terminated": 143, "hung up": 129}


@dataclass(frozen=True)
class BuiltIn:
    """A command that is not imported yet.

    Attributes:
        summary: what `exprlearn --help` says of it; the first line of its own help.
        module: of `exprlearn.cli`, where the function or the Typer application of its name is.
        is_group: whether it has commands below it.
        takes_minus: whether what begins with a minus may be an expression and no option.
    """

    summary: str
    module: str
    is_group: bool = False
    takes_minus: bool = False


class BuiltInCommands(MutableMapping[str, Any]):
    """Maps names to commands, each imported when it is first looked up."""

    def __init__(self, built_in: Mapping[str, BuiltIn]) -> None:
        self.built_in = built_in
        self._imported: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._imported:
            self._imported[name] = import_command(name, self.built_in[name])
        return self._imported[name]

    def __contains__(self, name: object) -> bool:
        return name in self._imported or name in self.built_in

    def __iter__(self) -> Iterator[str]:
        return iter({**self.built_in, **self._imported})

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __setitem__(self, name: str, command: Any) -> None:
        self._imported[name] = command

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"the built-in command '{name}' stays")


def import_command(name: str, command: BuiltIn) -> Any:
    """Import a command and make it as typer does for an application that has it."""
    found = getattr(import_module(f"exprlearn.cli.{command.module}"), name)
    application = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False)
    # An application with a callback stays a group when it has but one command.
    application.callback()(lambda: None)
    if command.is_group:
        application.add_typer(found, name=name)
    else:
        application.command(name, context_settings={"ignore_unknown_options": command.takes_minus})(found)
    group: Any = typer.main.get_command(application)
    return group.commands[name]


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
        self.commands = BuiltInCommands(self.built_in)
        self.commands.update(own)

    def list_commands(self, ctx: Any) -> list[str]:
        """List the built-in commands, then those of plugins."""
        return [*self.commands, *self._of_plugins(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a built-in command, or what stands for the one of a plugin."""
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        summary = self._of_plugins(ctx).get(cmd_name)
        return None if summary is None else placeholder(cmd_name, summary)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command to run."""
        files = _files(ctx)
        if args[0] in self.commands and files:
            raise OptionError(f"--plugin {files[0]}: write it behind {args[0]}, which is built in")
        if args[0] in self.commands or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        return args[0], load_command(args[0], list(self.commands), files), args[1:]

    def get_help(self, ctx: Any) -> str:
        """Return the help; plugins wrote some of it."""
        return visible(super().get_help(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help as plain text: drawing it with rich takes as long as all the rest of it."""
        super(TyperGroup, self).format_help(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a line for each command, without importing any."""
        built_in = {
            name: self.built_in[name].summary if name in self.built_in else self.commands[name].get_short_help_str()
            for name in self.commands
        }
        for heading, rows in (("Commands", built_in), ("Commands of plugins", self._of_plugins(ctx))):
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(list(rows.items()))

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        """Read the options; the help is shown meanwhile."""
        with _expected_failures():
            return super().make_context(*arguments, **settings)

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command; one of a plugin may raise anything, and is blamed for it by its name."""
        with _expected_failures():
            try:
                return super().invoke(ctx)
            except BaseException as error:
                name = ctx.invoked_subcommand
                if name is None or name in self.commands:
                    raise
                raise blame(name, error, _files(ctx)) from error

    def _of_plugins(self, ctx: Any) -> dict[str, str]:
        return list_commands(list(self.commands), _files(ctx))


@contextmanager
def _expected_failures() -> Iterator[None]:
    """Write an expected failure as one message and leave with its exit code."""
    try:
        try:
            yield
        except USAGE as error:
            if type(error).__name__ == "NoSuchOption":
                from exprlearn.cli.unknown_options import refuse

                refuse(error)
            error.message = visible(error.message)
            raise
    except ExprLearnError as error:
        echo(written(error), err=True)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        echo("interrupted", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _files(ctx: Any) -> tuple[Path, ...]:
    """Return the one-file plugins that were named before the command."""
    return tuple(ctx.params.get("plugin") or ())


def written(error: ExprLearnError) -> str:
    r"""Write an error as the terminal shows it; further lines stay in the column of the first.

    >>> print(written(ExprLearnError("one\ntwo")))
    error: one
           two
    """
    return "error: " + str(error).replace("\n", "\n       ")
