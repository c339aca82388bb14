"""The engine that a command's flags name, open while the command works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from exprlearn.plugin import EngineSpec

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
    chosen = name or usual
    known = plugins[EngineSpec][chosen].options.model_fields
    given = {"workers": None if (chosen, workers) == ("serial", 1) else workers, "address": address}
    options: dict[str, object] = {key: value for key, value in given.items() if value is not None}
    _refuse_unknown(chosen, [key for key in options if key not in known])
    if fresh and "fresh" in known:
        options["fresh"] = True
    engine: Engine = plugins[EngineSpec].make(chosen, options, where="engine")
    try:
        yield engine
    finally:
        engine.close()


def _refuse_unknown(engine: str, keys: list[str]) -> None:
    """Refuse what an engine cannot be told.

    Raises:
        OptionError: such an option.
    """
    from exprlearn.errors import OptionError

    flags = {"workers": ("--workers", "processes"), "address": ("--ray-address", "ray")}
    problems = [f"{flags[key][0]}: the engine '{engine}' takes none; try --engine {flags[key][1]}" for key in keys]
    if problems:
        raise OptionError(problems)
