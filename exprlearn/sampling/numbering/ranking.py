"""From an expression to its number, and from a number to a skeleton."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from exprlearn.errors import MembershipError
from exprlearn.sampling.counting.chart import CountChart, State
from exprlearn.sampling.numbering.derivations import Fillers, Lexer, derive


@dataclass(frozen=True, slots=True)
class Rank:
    """Where an expression stands: its packed size vector, its index in that stratum, and how often it is derived.

    With several derivations it is that of the least number.
    """

    vector: int
    index: int
    derivations: int = 1


class Ranker:
    """Ranks the expressions of a chart that have one of some size vectors.

    `whole_numbers`: digits that stand together are always one number.
    """

    def __init__(self, chart: CountChart, vectors: Container[int], whole_numbers: bool = True) -> None:
        self._chart, self._vectors = chart, vectors
        specification = chart.specification
        self._languages = specification.languages
        self._lexer = Lexer(specification.literals, specification.languages, whole_numbers)

    def rank(self, text: str, steps: int | None = None) -> Rank:
        """Find where an expression stands, or give up with `TooManyDerivations` after some steps of a microsecond.

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
        return Rank(vector, self._index(skeleton, fillers), sum(ways for _, _, ways in inside.values()))

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


class Skeleton(NamedTuple):
    """A token pattern with its slots left open.

    `tokens`: a literal's index, or -1 for a slot; `columns`: the filler column of each slot from left to right.
    """

    tokens: tuple[int, ...]
    columns: tuple[int, ...]

    def write(self, literals: Sequence[str], texts: Sequence[str]) -> str:
        """Write the expression, given the text of each filler column."""
        columns = iter(self.columns)
        return "".join([literals[token] if token >= 0 else texts[next(columns)] for token in self.tokens])

    def pattern(self, literals: Sequence[str]) -> str:
        """Write the pattern, with `#` for every slot.

        >>> Skeleton((1, -1, 0, -1, 2), (0, 1)).pattern(("+", "(", ")"))
        '(#+#)'
        """
        return "".join(literals[token] if token >= 0 else "#" for token in self.tokens)


def unrank(chart: CountChart, state: State, number: int) -> Skeleton:
    """Build the skeleton of a number below `chart.count(state)`."""
    tokens = typed_tokens(chart, state, number)
    return Skeleton(tuple([token if token >= 0 else -1 for token in tokens]), filler_columns(tokens))


def typed_tokens(chart: CountChart, state: State, number: int) -> list[int]:
    """Build a skeleton whose slots still name their language: ``-1 - language``."""
    tokens: list[int] = []
    waiting: list[tuple[int | State, int]] = [(state, number)]
    while waiting:
        item, index = waiting.pop()
        if isinstance(item, int):
            tokens.append(item)
            continue
        choice, index = chart.choices(item).find(index)
        numbers = iter(divmod(index, choice.seconds))
        parts = [(each, next(numbers) if isinstance(each, tuple) else 0) for each in choice.items]
        waiting.extend(reversed(parts))
    return tokens


def filler_columns(tokens: Sequence[int]) -> tuple[int, ...]:
    """Number the slots by language, within a language from left to right; listed from left to right.

    >>> filler_columns([-1, 0, -2, 1, -1])
    (0, 2, 1)
    """
    slots = [-1 - token for token in tokens if token < 0]
    order = sorted(range(len(slots)), key=slots.__getitem__)
    columns = [0] * len(slots)
    for column, position in enumerate(order):
        columns[position] = column
    return tuple(columns)
