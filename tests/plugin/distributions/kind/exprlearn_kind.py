from __future__ import annotations

from collections.abc import Iterator

from exprlearn.plugin import ReversalSpec, hookimpl


@hookimpl
def exprlearn_models() -> Iterator[ReversalSpec]:
    yield ReversalSpec(name="lost", summary="Not a model.", make=lambda options: None)
