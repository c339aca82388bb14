from __future__ import annotations

from collections.abc import Iterator

from exprlearn.plugin import ModelSpec, ReversalSpec, hookimpl


@hookimpl
def exprlearn_reversals() -> Iterator[ReversalSpec]:
    yield ReversalSpec(name="lost", summary="Given before the failure.", make=lambda options: None)


@hookimpl
def exprlearn_models() -> Iterator[ModelSpec]:
    raise RuntimeError("the disk is gone")
