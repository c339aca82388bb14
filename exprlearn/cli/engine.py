"""The engine that a command's flags name, open while the command works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exprlearn.plugin import Engine
    from exprlearn.plugin.manager import Plugins


@contextmanager
def open_engine(
    plugins: Plugins, name: str | None, workers: int | None, address: str | None, *, fresh: bool = False
) -> Iterator[Engine]:
    """Make an engine, and close it at the end.

    Args:
        plugins: where it comes from.
        name: None means `ray` beside an address, `processes` where several workers are asked for, else `serial`.
        workers: units at once; None leaves it to the engine.
        address: of a Ray cluster.
        fresh: whether units had better leave each other nothing, as those that import a backend.

    Raises:
        UnknownName: there is no such engine.
        OptionError: it takes no workers, or no address.
    """
    usual = "ray" if address else "processes" if (workers or 1) > 1 else "serial"
    options = _options(name or usual, workers, address)
    if fresh and "fresh" in plugins.engines[name or usual].options.model_fields:
        options["fresh"] = True
    engine: Engine = plugins.engines.make(name or usual, options, where="engine")
    try:
        yield engine
    finally:
        engine.close()


def _options(name: str, workers: int | None, address: str | None) -> dict[str, object]:
    """Leave out what was not given; one worker is what `serial` has anyway."""
    given = {"workers": None if (name, workers) == ("serial", 1) else workers, "address": address}
    return {key: value for key, value in given.items() if value is not None}
