"""Brackets in brackets, one level deeper at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from exprlearn.plugin import Options, Stage


class NestedOptions(Options):
    """How deep brackets nest."""

    depth: Annotated[int, Field(ge=0, le=4, description="brackets within brackets in the last stage")] = 4


class NestedCurriculum:
    """Teaches the grammar `nested` by depth; each stage has the flatter expressions as well.

    >>> [stage.name for stage in NestedCurriculum(NestedOptions(depth=2)).stages()]
    ['depth 0', 'depth 1', 'depth 2']
    """

    def __init__(self, options: NestedOptions | None = None) -> None:
        self.options = options or NestedOptions()

    def stages(self, space: Any = None) -> Sequence[Stage]:
        """List the stages, whatever the run's own expressions are."""
        return [
            Stage(name=f"depth {depth}", grammar={"name": "nested", "depth": f"0..{depth}"})
            for depth in range(self.options.depth + 1)
        ]
