"""Commands that plugins bring: found when a name is not built in, and told from exprlearn's own when they fail."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from exprlearn.cli.known_commands import installed, keep, kept
from exprlearn.cli.output import warn
from exprlearn.errors import ExprLearnError, PluginError, UnknownName, suggest

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins
    from exprlearn.plugin.registry import Registered

COMPLETION = ("install_completion", "show_completion")
# What typer itself raises to leave a command or knows what to do about; where these lie changes with its versions.
USAGE: Any = typer.BadParameter.__mro__[2]
LEAVING = (typer.Exit, typer.Abort, USAGE, BrokenPipeError, KeyboardInterrupt, SystemExit)


Files = tuple[Path, ...]


@lru_cache(maxsize=1)
def loaded(files: Files) -> Plugins:
    """Load the plugins once a process, without the built-in components.

    Raises:
        PluginError: a named file or plugin that cannot be had, or any failure where plugins must be whole.
    """
    from exprlearn.plugin.manager import plugins_from_environment

    plugins = plugins_from_environment(files=files, built_in=False)
    for failure in plugins.failures:
        warn(str(failure))
    return plugins


def listed(built_in: list[str], files: Files = ()) -> dict[str, str]:
    """Map the names that plugins' commands are reached by to their summaries; `plugin/name` where one is not enough.

    Installed plugins are loaded only when one was installed or changed since this was last asked.
    """
    if files:
        return _listed(built_in, files)
    state = installed()
    if state is None:
        return {}
    found = kept([*state, built_in])
    if found is None:
        found = _listed(built_in, ())
        if not loaded(()).failures:
            keep([*state, built_in], found)
    return found


def _listed(built_in: list[str], files: Files) -> dict[str, str]:
    registry = loaded(files).registries["command"]
    entries = list(registry)
    names = [*built_in, *(entry.spec.name for entry in entries)]
    return {
        entry.spec.name if names.count(entry.spec.name) == 1 else registry.full_name(entry): entry.spec.summary
        for entry in entries
    }


def stub(name: str, summary: str) -> TyperGroup:
    """Stand for a command in the help, so that none has to be made for it."""
    return TyperGroup(name=name, help=summary, short_help=summary)


def made(name: str, built_in: list[str], files: Files = ()) -> Any:
    """Make the command of a plugin.

    Raises:
        UnknownName: there is no such command.
        AmbiguousName: several plugins bring one of that name.
        PluginError: its application cannot be made.
    """
    try:
        entry = loaded(files).registries["command"].entry(name)
    except UnknownName:
        known = [*built_in, *listed(built_in, files)]
        raise UnknownName(f"no command named '{name}': {suggest(name, known)}") from None
    try:
        command = typer.main.get_command(entry.spec.app())
    except KeyboardInterrupt:
        raise
    # The application of a plugin may raise anything while it is made.
    except BaseException as error:
        _trace(error)
        raise PluginError(f"command {entry} cannot be made: {_said(error)}") from error
    command.name = name
    # An application has these of its own, as if it were a program that is installed.
    command.params = [option for option in command.params if option.name not in COMPLETION]
    return command


def blamed(name: str, error: BaseException, files: Files = ()) -> BaseException:
    """Return what to raise for an exception from a plugin's command: expected ones as they are, others by its name."""
    if isinstance(error, (ExprLearnError, *LEAVING)):
        return error
    _trace(error)
    entry: Registered[Any] = loaded(files).registries["command"].entry(name)
    return PluginError(f"command {entry} failed: {_said(error)}")


def _trace(error: BaseException) -> None:
    from exprlearn.plugin.tracing import trace_failure

    trace_failure(error)


def _said(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
