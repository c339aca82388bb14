"""Sums of more and more numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from exprlearn.plugin import Options, Stage


class SumsOptions(Options):
    """How long the sums get."""

    terms: Annotated[int, Field(ge=2, description="numbers of the longest sums of the last stage")] = 6


class SumsCurriculum:
    """Teaches the grammar `sums` by the number of terms; each stage has the shorter sums as well.

    >>> [stage.grammar["terms"] for stage in SumsCurriculum(SumsOptions(terms=4)).stages()]
    ['2', '2..3', '2..4']
    """

    def __init__(self, options: SumsOptions | None = None) -> None:
        self.options = options or SumsOptions()

    def stages(self, space: Any = None) -> Sequence[Stage]:
        """List the stages, whatever the run's own expressions are."""
        return [
            Stage(name=f"{terms} terms", grammar={"name": "sums", "terms": "2" if terms == 2 else f"2..{terms}"})
            for terms in range(2, self.options.terms + 1)
        ]
