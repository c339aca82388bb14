"""Sums of two numbers, one more digit at a time, first without carrying."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from exprlearn.plugin import Options, Stage


class AdditionOptions(Options):
    """How far the numbers go."""

    digits: Annotated[int, Field(ge=2, le=5, description="digits of the last stage's numbers")] = 3
    carries: Annotated[bool, Field(description="whether longer numbers come without carries first")] = True


class AdditionCurriculum:
    """Teaches the grammar `addition` by digits and carries.

    There is no stage for numbers of one digit: its 88 training examples can be learned by heart, and are.

    >>> [stage.name for stage in AdditionCurriculum(AdditionOptions(digits=3)).stages()]
    ['2 digits, no carry', '2 digits', '3 digits, no carry', '3 digits']
    """

    def __init__(self, options: AdditionOptions | None = None) -> None:
        self.options = options or AdditionOptions()

    def stages(self, space: Any = None) -> Sequence[Stage]:
        """List the stages, whatever the run's own expressions are."""
        stages = []
        for digits in range(2, self.options.digits + 1):
            grammar = {"name": "addition", "range": f"0..{10**digits - 1}"}
            name = f"{digits} digits"
            if self.options.carries:
                no_carry = {"name": "carries", "maximum": 0}
                stages.append(Stage(name=f"{name}, no carry", grammar=grammar, constraints=[no_carry]))
            stages.append(Stage(name=name, grammar=grammar))
        return stages
