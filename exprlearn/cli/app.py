"""The application: the start page, the built-in commands and those of plugins, each imported when it is run.

Expected failures are one message each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from exprlearn import __version__
from exprlearn.cli.commands import BUILT_IN, make_command
from exprlearn.cli.output import echo, echo_error
from exprlearn.cli.plugin_commands import USAGE, blame, list_commands, load_command, placeholder
from exprlearn.errors import ExprLearnError, OptionError
from exprlearn.visible import visible

START_PAGE = """\
exprlearn learns arithmetic from text.          all commands: exprlearn --help

  Start     exprlearn train                     two-digit addition, about a minute
            exprlearn train --grammar mixed     + - * / with brackets
  Look      exprlearn grammar sample mixed      exprlearn explain '12+34'
  Ask       exprlearn predict '12+34'
  Evaluate  exprlearn evaluate latest           exprlearn report latest --open
            exprlearn runs list                 exprlearn playground --open
  Extend    exprlearn components list           exprlearn plugins list"""

INTERRUPTED = 130
EXIT_CODES = {"interrupted": INTERRUPTED, "terminated": 143, "hung up": 129}


class ExprLearnGroup(TyperGroup):
    """Commands whose expected failures become `error: …` on stderr; programming errors of exprlearn stay loud.

    Plugins are loaded for a name that is not built in, and for the list of all commands; never for a built-in command.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """List the built-in commands, then those of plugins."""
        return [*self._own(), *self._of_plugins(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a built-in command, or what stands for the one of a plugin."""
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        if cmd_name in BUILT_IN:
            return make_command(cmd_name)
        summary = self._of_plugins(ctx).get(cmd_name)
        return None if summary is None else placeholder(cmd_name, summary)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command to run."""
        name, files = args[0], _files(ctx)
        if name in self._own() and files:
            raise OptionError(f"--plugin {files[0]}: write it behind {name}, which is built in")
        if name in self._own() or name.startswith("-"):
            return super().resolve_command(ctx, args)
        return name, load_command(name, self._own(), files), args[1:]

    def get_help(self, ctx: Any) -> str:
        """Return the help; plugins wrote some of it."""
        return visible(super().get_help(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help as plain text: drawing it with rich takes as long as all the rest of it."""
        super(TyperGroup, self).format_help(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a line for each command, without importing any."""
        for heading, rows in (("Commands", BUILT_IN), ("Commands of plugins", self._of_plugins(ctx))):
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
                if name is None or name in self._own():
                    raise
                raise blame(name, error, _files(ctx)) from error

    def _own(self) -> list[str]:
        return [*BUILT_IN, *self.commands]

    def _of_plugins(self, ctx: Any) -> dict[str, str]:
        return list_commands(self._own(), _files(ctx))


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
        echo_error(error)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        echo("interrupted", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _files(ctx: Any) -> tuple[Path, ...]:
    """Return the one-file plugins that were named before the command."""
    return tuple(ctx.params.get("plugin") or ())


app = typer.Typer(
    name="exprlearn",
    cls=ExprLearnGroup,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        echo(f"exprlearn {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    plugin: Annotated[
        list[Path] | None,
        typer.Option("--plugin", metavar="FILE.py", is_eager=True, help="Run a command of a one-file plugin."),
    ] = None,
) -> None:
    """Learn arithmetic from text; a Lark grammar is the data specification."""
    if ctx.invoked_subcommand is None:
        echo(START_PAGE)
