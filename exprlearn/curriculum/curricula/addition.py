"""Sums of two numbers, one more digit at a time, first without carrying."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from exprlearn.plugin import Options, Stage


class AdditionOptions(Options):
    """How far the numbers go."""

    digits: Annotated[int, Field(ge=1, le=5, description="digits of the last stage's numbers")] = 3
    carries: Annotated[bool, Field(description="whether longer numbers come without carries first")] = True


class AdditionCurriculum:
    """Teaches the grammar `addition` by digits and carries.

    >>> [stage.name for stage in AdditionCurriculum(AdditionOptions(digits=2)).stages()]
    ['1 digit', '2 digits, no carry', '2 digits']
    """

    def __init__(self, options: AdditionOptions | None = None) -> None:
        self.options = options or AdditionOptions()

    def stages(self, space: Any = None) -> Sequence[Stage]:
        """List the stages, whatever the run's own expressions are."""
        stages = []
        for digits in range(1, self.options.digits + 1):
            grammar = {"name": "addition", "range": f"0..{10**digits - 1}"}
            name = f"{digits} digit{'s' if digits > 1 else ''}"
            if digits > 1 and self.options.carries:
                no_carry = {"name": "carries", "maximum": 0}
                stages.append(Stage(name=f"{name}, no carry", grammar=grammar, constraints=[no_carry]))
            stages.append(Stage(name=name, grammar=grammar))
        return stages
