"""A parsed expression, written as the steps that a calculator with a stack would take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

#: Step that turns the value on top of the stack into its opposite.
NEGATE: Final = "negate"

#: Step that changes nothing: it marks that a pair of brackets closed here.
BRACKETS: Final = "()"

#: A number goes on the stack; `+ - * /` take two values off it and put one on.
Step = int | str


@dataclass(frozen=True, slots=True)
class Tree:
    """An expression and its steps in postfix order: operands first, then what is done with them.

    Postfix order is a tree without pointers: however deep the expression nests, walking, comparing,
    hashing and forgetting it never recurses.

    Attributes:
        expression: the text it was read from.
        steps: numbers (all ≥ 0) and the operations `+ - * / negate ()`.

    >>> from exprlearn.arithmetic.parsing import parse
    >>> parse("-2*(3+4)").steps
    (2, 'negate', 3, 4, '+', '()', '*')
    """

    expression: str
    steps: tuple[Step, ...] = field(repr=False)

    @property
    def numbers(self) -> tuple[int, ...]:
        """List the numbers in reading order."""
        return tuple(step for step in self.steps if isinstance(step, int))

    @property
    def last_operation(self) -> str | None:
        """Name the operation done last, through brackets; None for a lone number."""
        for step in reversed(self.steps):
            if step != BRACKETS:
                return step if isinstance(step, str) else None
        return None
