from __future__ import annotations

from exprlearn.plugin import ReversalSpec, hookimpl


class Hooks:
    @hookimpl
    def exprlearn_models(self) -> list[ReversalSpec]:
        return []
