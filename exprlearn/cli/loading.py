"""Plugins and runs for one command: loaded as its flags say, each broken plugin told in a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from exprlearn.cli.output import note, warn

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins
    from exprlearn.runs.run import Run


def load_plugins(files: Sequence[Path] | None = None, names: str | None = None, strict: bool = False) -> Plugins:
    """Load plugins once.

    Raises:
        PluginError: a named file or name that cannot be had, or any failure under `strict`.
    """
    from exprlearn.plugin.manager import plugins_from_environment

    plugins = plugins_from_environment(only=names, files=files or (), strict=strict)
    for failure in plugins.failures:
        warn(str(failure))
    return plugins


def load_run(
    reference: str, runs: Path, files: Sequence[Path] | None = None, names: str | None = None, strict: bool = False
) -> Run:
    """Load a trained run with its plugins.

    Raises:
        RunError: no such run, or a damaged one.
    """
    from exprlearn.runs.run_folder import find

    folder = find(reference, runs)
    plugins = load_plugins(files, names, strict)
    from exprlearn.runs.starting import load

    run = load(folder.path, plugins=plugins)
    for sentence in run.notes:
        note(sentence)
    return run
