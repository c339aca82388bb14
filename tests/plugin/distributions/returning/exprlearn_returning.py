from __future__ import annotations

from exprlearn.plugin import ReversalSpec, hookimpl


@hookimpl
def exprlearn_reversals() -> ReversalSpec:
    return ReversalSpec(name="lost", summary="Written with return.", make=lambda options: None)
