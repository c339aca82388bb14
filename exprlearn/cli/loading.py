"""Plugins, runs and engines for one command: made as its options say, each broken plugin told in a line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from exprlearn.cli.options import Options
from exprlearn.cli.output import note, warn
from exprlearn.errors import OptionError

if TYPE_CHECKING:
    from exprlearn.plugin import Engine
    from exprlearn.plugin.manager import Plugins
    from exprlearn.runs.run import Run

NEEDED_ENGINE = {"workers": ("--workers", "processes"), "address": ("--ray-address", "ray")}


def load_plugins(options: Options) -> Plugins:
    """Load plugins once.

    Raises:
        PluginError: a named file or name that cannot be had, or any failure under `--strict-plugins`.
    """
    from exprlearn.plugin.manager import plugins_from_environment

    plugins = plugins_from_environment(only=options.plugins, files=options.plugin or (), strict=options.strict_plugins)
    for failure in plugins.failures:
        warn(str(failure))
    return plugins


def load_run(reference: str, options: Options) -> Run:
    """Load a trained run with its plugins.

    Raises:
        RunError: no such run, or a damaged one.
    """
    from exprlearn.runs.run_folder import find

    folder = find(reference, options.runs)
    plugins = load_plugins(options)
    from exprlearn.runs.starting import load

    run = load(folder.path, plugins=plugins)
    for sentence in run.notes:
        note(sentence)
    return run


@contextmanager
def open_engine(options: Options, plugins: Plugins, *, fresh: bool = False) -> Iterator[Engine]:
    """Make an engine, and close it at the end.

    Without a name it is `ray` beside an address, `processes` where several workers are asked for, else `serial`.

    Args:
        options: its name, its workers, its address.
        plugins: where it comes from.
        fresh: whether units had better leave each other nothing, as those that import a backend.

    Raises:
        UnknownName: there is no such engine.
        OptionError: it takes no workers, or no address.
    """
    from exprlearn.plugin import EngineSpec

    workers, address = options.workers, options.ray_address
    name = options.engine or ("ray" if address else "processes" if (workers or 1) > 1 else "serial")
    known = plugins[EngineSpec][name].options.model_fields
    typed = {"workers": None if (name, workers) == ("serial", 1) else workers, "address": address}
    given: dict[str, object] = {key: value for key, value in typed.items() if value is not None}
    problems = [
        f"{flag}: the engine '{name}' takes none; try --engine {other}"
        for key, (flag, other) in NEEDED_ENGINE.items()
        if key in given and key not in known
    ]
    if problems:
        raise OptionError(problems)
    if fresh and "fresh" in known:
        given["fresh"] = True
    engine: Engine = plugins[EngineSpec].make(name, given, where="engine")
    try:
        yield engine
    finally:
        engine.close()
