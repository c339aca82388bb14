"""A plugin of three models with defaults: those of the last are no settings."""

from __future__ import annotations

from collections.abc import Iterator

from exprlearn.models.mapping_mlp import SPEC
from exprlearn.plugin import ModelSpec, hookimpl


@hookimpl
def exprlearn_models() -> Iterator[ModelSpec]:
    defaults = {
        "training.optimizer.name": "muon",
        "training.optimizer.rate": 0.01,
        "training.schedule": {"name": "trapezoid", "flat": 0.25},
        "training.batch_size": 96,
        "working.name": "columns",
    }
    yield ModelSpec(
        name="scribe", summary="Writes.", framing="mapping", options=SPEC.options, build=SPEC.build, defaults=defaults
    )
    brisk = {"training.batch_size": 96}
    yield ModelSpec(
        name="brisk", summary="Learns.", framing="mapping", options=SPEC.options, build=SPEC.build, defaults=brisk
    )
    yield ModelSpec(
        name="careless", summary="Writes.", framing="mapping", build=SPEC.build, defaults={"training.batchsize": 3}
    )
