"""Where a model is asked: so many digits, so many terms, brackets so deep, these operators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

SIGNS = "+-*/"


class Place(NamedTuple):
    """A cell's coordinates.

    Attributes:
        digits: of every number.
        terms: numbers of an expression.
        depth: how deep its brackets nest.
        operators: `+`, `-`, `*` or `/`, or several of them joined by blanks, of which each expression has at least two.
    """

    digits: int
    terms: int
    depth: int
    operators: str

    @property
    def signs(self) -> tuple[str, ...]:
        """The operators one by one."""
        return tuple(self.operators.split())

    @property
    def is_possible(self) -> bool:
        """Tell whether there are such expressions: brackets hold a calculation, and stand within one."""
        return self.terms >= self.depth + 2 and self.terms > len(self.signs[:2])

    def __str__(self) -> str:
        return f"{self.digits} digits, {self.terms} terms, depth {self.depth}, {self.operators}"


@dataclass(frozen=True)
class Axes:
    """The coordinates of a cube.

    Attributes:
        digits: how many digits numbers have.
        terms: how many numbers expressions have.
        depth: how deep brackets nest.
        operators: which operators there are, as `Place` says.
    """

    digits: Sequence[int]
    terms: Sequence[int]
    depth: Sequence[int]
    operators: Sequence[str]

    def places(self) -> Iterator[Place]:
        """Yield every place that has expressions.

        >>> [str(place) for place in Axes([1], [2, 3], [0, 1], ["+"]).places()]
        ['1 digits, 2 terms, depth 0, +', '1 digits, 3 terms, depth 0, +', '1 digits, 3 terms, depth 1, +']
        """
        for place in product(self.digits, self.terms, self.depth, self.operators):
            if Place(*place).is_possible:
                yield Place(*place)


def operator_sets(signs: str) -> list[str]:
    """List each of `+ - * /` alone, then all that a training has, together, when they are several.

    >>> operator_sets("+-"), operator_sets("+")
    (['+', '-', '*', '/', '+ -'], ['+', '-', '*', '/'])
    """
    learned = [sign for sign in SIGNS if sign in signs]
    return [*SIGNS, *([" ".join(learned)] if len(learned) > 1 else [])]
