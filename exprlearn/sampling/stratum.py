"""A stratum: all expressions with one size vector, numbered without gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from exprlearn.errors import MembershipError
from exprlearn.grammar.languages import Language
from exprlearn.grammar.numerals import count_text
from exprlearn.sampling.choices import State
from exprlearn.sampling.counting import Chart
from exprlearn.sampling.ranking import Ranker
from exprlearn.sampling.sizes import Sizes
from exprlearn.sampling.unranking import Skeleton, unrank

if TYPE_CHECKING:
    from exprlearn.sampling.block import Block


@dataclass(frozen=True, eq=False)
class Stratum:
    """All expressions with one size vector: index = skeleton * product of radices + fillers in mixed radix.

    `name` is unique in the space; `sizes` may be shared by several strata when a grammar has several number terminals
    or weights. `weight` is the product of the weights every expression here carries, so that strata with the same
    sizes are mixed in the proportion of their `mass`. `chart` and `state` say how its skeletons are made. Where it
    `is_ambiguous`, several indices may write the same expression, and only the least of them counts.
    """

    name: str
    sizes: Sizes
    weight: Fraction
    chart: Chart
    state: State
    slots: tuple[Language, ...]
    ranker: Ranker
    is_ambiguous: bool = False

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """Every fixed text that an expression can hold."""
        return self.chart.specification.literals

    @cached_property
    def skeleton_count(self) -> int:
        """How many skeletons there are."""
        return self.chart.count(self.state)

    @cached_property
    def radices(self) -> tuple[int, ...]:
        """How many texts each filler column can have."""
        return tuple(language.size for language in self.slots)

    @cached_property
    def fillings(self) -> int:
        """In how many ways the slots of one skeleton can be filled."""
        return prod(radix**times for radix, times in Counter(self.radices).items())

    @cached_property
    def size(self) -> int:
        """How many expressions there are, exactly."""
        return self.skeleton_count * self.fillings

    @property
    def longest(self) -> int:
        """Characters of the longest expression."""
        return self.chart.longest[self.state[1]]

    @property
    def mass(self) -> Fraction:
        """Size times weight: the share of this stratum among those with the same sizes."""
        return self.size * self.weight

    def skeleton(self, number: int) -> Skeleton:
        """Build the skeleton of a number below `skeleton_count`."""
        return unrank(self.chart, self.state, number)

    def fillers(self, number: int) -> tuple[int, ...]:
        """Split a filling into the index of each column, the first one most significant."""
        digits = []
        for radix in reversed(self.radices):
            number, digit = divmod(number, radix)
            digits.append(digit)
        return tuple(reversed(digits))

    def __getitem__(self, index: int) -> str:
        """Write the expression of an index; IndexError when there is none."""
        position = index + self.size if index < 0 else index
        if not 0 <= position < self.size:
            raise IndexError(f"index {index} is outside of the {count_text(self.size)} expressions with {self.sizes}")
        number, filling = divmod(position, self.fillings)
        fillers = self.fillers(filling)
        texts = [language.text(filler) for language, filler in zip(self.slots, fillers, strict=True)]
        return self.skeleton(number).write(self.literals, texts)

    def __iter__(self) -> Iterator[str]:
        return (self[index] for index in range(self.size))

    def rank(self, text: str) -> int:
        """Give the index of an expression; MembershipError when it is not in this stratum."""
        place = self.ranker.rank(text)
        if place.vector != self.state[1]:
            raise MembershipError(f"{text!r} has other sizes than {self.sizes}")
        return place.index

    def __contains__(self, text: object) -> bool:
        if not isinstance(text, str):
            return False
        try:
            self.rank(text)
        except MembershipError:
            return False
        return True

    def block(self, positions: ArrayLike) -> Block:
        """Make many expressions at once; see `exprlearn.sampling.block.make_block`."""
        from exprlearn.sampling.block import make_block

        return make_block(self, positions)
