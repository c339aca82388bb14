"""Teach sums in the order of their carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from exprlearn.plugin import Options, Stage


class ByCarriesOptions(Options):
    """Options of the curriculum, for `--set curriculum.promote_at=0.95`."""

    promote_at: float = Field(default=0.9, gt=0, le=1, description="The exact match that ends a stage.")


class ByCarries:
    """Stages with no carry, at most one, at most two, and so on, up to the task itself.

    A sum of two numbers carries at most once for each digit, so that the last stage but one lacks only those that
    carry everywhere.
    """

    def __init__(self, options: ByCarriesOptions) -> None:
        self.options = options

    def stages(self, space: Any) -> Sequence[Stage]:
        """List the stages for a run whose own expressions are those of `space`."""
        digits = len(str(space.number_range[1]))
        limited = [
            Stage(
                name=f"carries up to {count}" if count else "no carries",
                constraints=[{"name": "carries", "maximum": count}],
                promote_at=self.options.promote_at,
            )
            for count in range(digits)
        ]
        return [*limited, Stage(name="all")]
