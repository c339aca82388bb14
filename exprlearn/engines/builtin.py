"""The built-in engines, registered through the same hook as anybody's."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.engines.processes import ProcessesEngine, ProcessesOptions
from exprlearn.engines.ray import RayEngine, RayOptions
from exprlearn.engines.units import SerialEngine
from exprlearn.plugin import EngineSpec, hookimpl


@hookimpl
def exprlearn_engines() -> Iterable[EngineSpec]:
    """Yield the built-in engines."""
    yield EngineSpec(name="serial", summary="One unit after the other, in this process.", make=SerialEngine)
    yield EngineSpec(
        name="processes",
        summary="Several processes of this machine.",
        options=ProcessesOptions,
        make=ProcessesEngine,
    )
    yield EngineSpec(
        name="ray",
        summary="Ray tasks, on this machine or a cluster; needs exprlearn[ray].",
        options=RayOptions,
        make=RayEngine,
    )
