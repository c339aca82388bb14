"""Commands that plugins bring: found when a name is not built in, and told from exprlearn's own when they fail.

A plugin says in a hook which commands it brings, so all plugins would have to be loaded for each `--help`, which may
take seconds. What the help lists lies therefore in the user's cache, beside what it follows from: the plugins that are
installed and when their files were last changed. Whatever is run is loaded anew.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from exprlearn import __version__
from exprlearn.cli.output import warn
from exprlearn.errors import ExprLearnError, PluginError, UnknownName, suggest
from exprlearn.files import write_whole

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins
    from exprlearn.plugin.registry import Registered

# What a command of its own has as if it were a program that is installed.
COMPLETION = ("install_completion", "show_completion")
# What typer itself raises to leave a command or knows what to do about; where these lie changes with its versions.
USAGE: Any = typer.BadParameter.__mro__[2]
LEAVING = (typer.Exit, typer.Abort, USAGE, BrokenPipeError, KeyboardInterrupt, SystemExit)
CHOOSING = ("EXPRLEARN_PLUGINS", "EXPRLEARN_STRICT_PLUGINS", "EXPRLEARN_TRACE_PLUGINS")

Files = tuple[Path, ...]


@lru_cache(maxsize=1)
def load_plugins_once(files: Files) -> Plugins:
    """Load the plugins once a process, without the built-in components."""
    from exprlearn.plugin.manager import plugins_from_environment

    plugins = plugins_from_environment(files=files, built_in=False)
    for failure in plugins.failures:
        warn(str(failure))
    return plugins


def load_command(name: str, built_in: list[str], files: Files = ()) -> Any:
    """Make the command of a plugin; a `PluginError` blames it where that fails."""
    try:
        entry = load_plugins_once(files).registries["command"].entry(name)
    except UnknownName:
        known = [*built_in, *list_commands(built_in, files)]
        raise UnknownName(f"no command named '{name}': {suggest(name, known)}") from None
    try:
        command = typer.main.get_command(entry.spec.app())
    except KeyboardInterrupt:
        raise
    # The application of a plugin may raise anything while it is made.
    except BaseException as error:
        raise PluginError(f"command {entry} cannot be made: {_describe(error)}") from error
    command.name = name
    command.params = [option for option in command.params if option.name not in COMPLETION]
    return command


def blame(name: str, error: BaseException, files: Files = ()) -> BaseException:
    """Return what to raise for an exception from a plugin's command: expected ones as they are, others by its name."""
    if isinstance(error, (ExprLearnError, *LEAVING)):
        return error
    entry: Registered[Any] = load_plugins_once(files).registries["command"].entry(name)
    return PluginError(f"command {entry} failed: {_describe(error)}")


def _describe(error: BaseException) -> str:
    """Write an exception in a line, and its traceback for those who ask."""
    from exprlearn.plugin.tracing import trace_failure

    trace_failure(error)
    return " ".join(f"{type(error).__name__}: {error}".split())


def placeholder(name: str, summary: str) -> TyperGroup:
    """Stand for a command in the help, so that none has to be made for it."""
    return TyperGroup(name=name, help=summary, short_help=summary)


def list_commands(built_in: list[str], files: Files = ()) -> dict[str, str]:
    """Map the names that plugins' commands are reached by to their summaries; `plugin/name` where one is not enough.

    Installed plugins are loaded only when one was installed or changed since this was last asked.
    """
    if files:
        return _ask_plugins(built_in, files)
    state = _installed_state()
    if state is None:
        return {}
    found = _read_cache([*state, built_in])
    if found is None:
        found = _ask_plugins(built_in, ())
        if not load_plugins_once(()).failures:
            _write_cache([*state, built_in], found)
    return found


def _ask_plugins(built_in: list[str], files: Files) -> dict[str, str]:
    registry = load_plugins_once(files).registries["command"]
    entries = list(registry)
    names = [*built_in, *(entry.spec.name for entry in entries)]
    return {
        entry.spec.name if names.count(entry.spec.name) == 1 else registry.full_name(entry): entry.spec.summary
        for entry in entries
    }


def cache_file() -> Path:
    """Tell where the commands are kept."""
    folder = os.environ.get("XDG_CACHE_HOME")
    return (Path(folder) if folder else Path.home() / ".cache") / "exprlearn" / "commands.json"


def _read_cache(state: list[Any]) -> dict[str, str] | None:
    """Return the commands that were found when everything was as it is now."""
    try:
        document = json.loads(cache_file().read_bytes())
        commands = document["commands"] if document["installed"] == json.loads(json.dumps(state)) else None
    # Without a home, without a file or with a damaged one, plugins are asked.
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        return None
    whole = isinstance(commands, dict) and all(isinstance(summary, str) for summary in commands.values())
    return commands if whole else None


def _write_cache(state: list[Any], commands: dict[str, str]) -> None:
    """Remember the commands; where nothing can be written, plugins are asked again the next time."""
    with suppress(OSError, RuntimeError, PluginError):
        file = cache_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps({"installed": state, "commands": commands}, ensure_ascii=False), PluginError)


def _installed_state() -> list[Any] | None:
    """Tell everything that the commands of plugins follow from; None when no plugin is installed or wanted."""
    if os.environ.get(CHOOSING[0]) == "":
        return None
    points = sorted(_entry_points())
    if not points:
        return None
    choice = [os.environ.get(name) for name in CHOOSING]
    return [__version__, sys.version, choice, points, [_changed(module) for module in sorted({m for _, m in points})]]


def _entry_points() -> Iterator[tuple[str, str]]:
    """Yield the entry points of every plugin and the module of each.

    `importlib.metadata` would do the same, and its import takes a quarter of the time of the whole help.
    """
    for folder in sys.path:
        with suppress(OSError):
            for entry in os.scandir(folder or "."):
                if entry.name.endswith((".dist-info", ".egg-info")):
                    yield from _entry_points_in(Path(entry.path, "entry_points.txt"))


def _entry_points_in(file: Path) -> Iterator[tuple[str, str]]:
    with suppress(OSError, UnicodeDecodeError):
        section = file.read_text(encoding="utf-8").partition("[exprlearn]")[2].partition("\n[")[0]
        for line in section.splitlines():
            name, equals, target = line.partition("=")
            if equals and not name.lstrip().startswith("#"):
                yield f"{file}: {name.strip()}", target.strip().partition(":")[0].partition(".")[0].strip()


def _changed(module: str) -> list[Any]:
    """Tell where a module lies and when its files were last changed."""
    found = PathFinder.find_spec(module)
    if found is None:
        return [module]
    folders = [Path(folder) for folder in found.submodule_search_locations or ()]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))] or [Path(found.origin or "")]
    return [module, *([str(file), _time(file)] for file in files)]


def _time(file: Path) -> int:
    with suppress(OSError):
        return file.stat().st_mtime_ns
    return 0
