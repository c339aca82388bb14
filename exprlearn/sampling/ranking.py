"""From an expression to its number."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property

from exprlearn.errors import MembershipError
from exprlearn.sampling.counting import Chart
from exprlearn.sampling.deriving import Fillers, derive
from exprlearn.sampling.lexing import Lexer


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: its packed size vector, its index in that stratum, and how often it is derived.

    With several derivations it is the place of the least number.
    """

    vector: int
    index: int
    derivations: int = 1


class Ranker:
    """Ranks expressions of a chart.

    Args:
        chart: the counts.
        vectors: the size vectors that belong to the space.
        whole_numbers: whether digits that stand together are always one number.
    """

    def __init__(self, chart: Chart, vectors: Container[int], whole_numbers: bool = True) -> None:
        self._chart, self._vectors = chart, vectors
        specification = chart.specification
        self._languages = specification.languages
        self._lexer = Lexer(specification.literals, specification.languages, whole_numbers)

    def rank(self, text: str, steps: int | None = None) -> Place:
        """Find the place of an expression.

        Args:
            text: the expression.
            steps: after how many, each of about a microsecond, to give up with `TooManySteps`.

        Raises:
            MembershipError: the grammar does not write it, not with these numbers, or not within these sizes.
        """
        if len(text) > self._longest:
            long = f"{text[:40]!r}… has {len(text)} characters"
            raise MembershipError(f"{long}, more than the {self._longest} of the longest expression")
        found = derive(self._chart, self._lexer.lattice(text), steps)
        inside = {vector: value for vector, value in found.items() if vector in self._vectors}
        if not inside:
            raise MembershipError(self._reason(text, bool(found)))
        vector = min(inside)
        skeleton, fillers, _ = inside[vector]
        return Place(vector, self._index(skeleton, fillers), sum(ways for _, _, ways in inside.values()))

    def steps(self, length: int) -> int:
        """About how many microseconds it takes to rank a text of some characters."""
        return 3 * length * self._forms + length**3

    @cached_property
    def _forms(self) -> int:
        return sum(map(len, self._chart.forms))

    @cached_property
    def _longest(self) -> int:
        return max(length for vector, length in self._chart.longest.items() if vector in self._vectors)

    def _index(self, skeleton: int, fillers: Fillers) -> int:
        index = skeleton
        for language, filler in sorted(fillers, key=lambda pair: pair[0]):
            index = index * self._languages[language].size + filler
        return index

    def _reason(self, text: str, derived: bool) -> str:
        if derived:
            return f"{text!r} is written by the grammar, but outside of the sizes of this space"
        return f"{text!r} is not in this space: other signs, numbers or sizes than the grammar's"
