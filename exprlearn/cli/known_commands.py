"""The commands of plugins as the last `--help` found them: loading every plugin for each help would take seconds.

They lie in the user's cache, beside what they follow from: the plugins that are installed and when their files were
last changed. Whatever is run is loaded anew; only what the help lists comes from here.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from exprlearn import __version__
from exprlearn.errors import PluginError
from exprlearn.files import write_whole

HEADER, POINTS = "[exprlearn]", "entry_points.txt"
CHOOSING = ("EXPRLEARN_PLUGINS", "EXPRLEARN_STRICT_PLUGINS", "EXPRLEARN_TRACE_PLUGINS")


def cache_file() -> Path:
    """Tell where the commands are kept."""
    place = os.environ.get("XDG_CACHE_HOME")
    return (Path(place) if place else Path.home() / ".cache") / "exprlearn" / "commands.json"


def installed() -> list[Any] | None:
    """Tell everything that the commands of plugins follow from; None when no plugin is installed or wanted."""
    if os.environ.get(CHOOSING[0]) == "":
        return None
    points = list(_entry_points())
    if not points:
        return None
    modules = sorted({module for _, module in points})
    choice = [os.environ.get(name) for name in CHOOSING]
    return [__version__, sys.version, choice, sorted(points), [_changed(module) for module in modules]]


def kept(state: list[Any]) -> dict[str, str] | None:
    """Return the commands that were found when everything was as it is now, with their summaries."""
    try:
        document = json.loads(cache_file().read_bytes())
        commands = document["commands"] if document["installed"] == json.loads(json.dumps(state)) else None
    # Without a home, without a file or with a damaged one, plugins are asked.
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        return None
    whole = isinstance(commands, dict) and all(isinstance(summary, str) for summary in commands.values())
    return commands if whole else None


def keep(state: list[Any], commands: dict[str, str]) -> None:
    """Remember the commands; where nothing can be written, plugins are asked again the next time."""
    with suppress(OSError, RuntimeError, PluginError):
        file = cache_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps({"installed": state, "commands": commands}, ensure_ascii=False), PluginError)


def _entry_points() -> Iterator[tuple[str, str]]:
    """Yield the entry points of every plugin and the module of each; the import machinery for this takes longer."""
    for place in sys.path:
        with suppress(OSError):
            for folder in os.scandir(place or "."):
                if folder.name.endswith((".dist-info", ".egg-info")):
                    yield from _points_in(os.path.join(folder.path, POINTS))


def _points_in(file: str) -> Iterator[tuple[str, str]]:
    with suppress(OSError, UnicodeDecodeError):
        text = Path(file).read_text(encoding="utf-8")
        section = text.partition(HEADER)[2].partition("\n[")[0]
        for line in section.splitlines():
            name, equals, target = line.partition("=")
            if equals and not name.lstrip().startswith("#"):
                yield f"{file}: {name.strip()}", target.strip().partition(":")[0].partition(".")[0].strip()


def _changed(module: str) -> list[Any]:
    """Tell where a module lies and when its files were last changed."""
    found = PathFinder.find_spec(module)
    if found is None:
        return [module]
    folders = [Path(place) for place in found.submodule_search_locations or ()]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))] or [Path(found.origin or "")]
    return [module, *([str(file), _time(file)] for file in files)]


def _time(file: Path) -> int:
    with suppress(OSError):
        return file.stat().st_mtime_ns
    return 0
