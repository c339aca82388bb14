"""A terminal as a deterministic automaton: which texts it writes, counted and ordered.

It is built state by state, so that a pattern with too many states is given up early.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import interegular
from interegular import InvalidSyntax, Unsupported

from exprlearn.errors import GrammarError
from exprlearn.grammar.machine import OTHER, TooManyStates, build_machine

LONGEST_TEXT = 200
"""Characters of the longest text of a terminal that are drawn from; a range of numbers may have more digits."""

_DIGITS = "0123456789"
_MOST_COUNTS, _MOST_SPAN, _SHOWN = 200_000, 2_000, 80
_SPAN = re.compile(r"(?s)([^\\])-([^\\])")


@dataclass(frozen=True)
class Automaton:
    """A trimmed automaton: `edges[state]` maps a character to the next state; state 0 is the start.

    Characters that are not `named` go the way of `OTHER`.

    >>> number = read_pattern("NUMBER", "0|[1-9][0-9]{0,2}")
    >>> number.is_finite, number.accepts("250"), number.accepts("007"), number.longest
    (True, True, False, 3)
    """

    name: str
    edges: tuple[Mapping[str, int], ...]
    finals: frozenset[int]
    named: frozenset[str]

    @cached_property
    def characters(self) -> frozenset[str]:
        """Every character that some text holds, `OTHER` included."""
        return frozenset(character for row in self.edges for character in row)

    @cached_property
    def longest(self) -> int | None:
        """Characters of the longest text; None when there is no longest."""
        reach, length = {0}, 0
        while following := {state for source in reach for state in self.edges[source].values()}:
            reach, length = following, length + 1
            if length > len(self.edges):
                return None
        return length

    @property
    def is_finite(self) -> bool:
        """Whether there is a longest text."""
        return self.longest is not None

    def accepts(self, text: str) -> bool:
        """Tell whether a text belongs to the terminal."""
        state: int | None = 0
        for character in text:
            state = self.edges[state or 0].get(character if character in self.named else OTHER)
            if state is None:
                return False
        return state in self.finals

    def texts(self, longest: int) -> Iterator[str]:
        """List the texts by length, then alphabetically, up to a length; `OTHER` counts as one character."""
        layer = [("", 0)]
        for _ in range(longest + 1):
            yield from (text for text, state in layer if state in self.finals)
            layer = [
                (text + mark, state) for text, source in layer for mark, state in sorted(self.edges[source].items())
            ]

    def count(self, state: int, length: int) -> int:
        """Count the texts of one length that lead from a state to an end."""
        if length * len(self.edges) > _MOST_COUNTS:
            raise GrammarError(f"terminal {self.name} is too large to be counted: write shorter numbers")
        while len(self._counts) <= length:
            last = self._counts[-1]
            self._counts.append([sum(last[target] for target in row.values()) for row in self.edges])
        return self._counts[length][state]

    @cached_property
    def _counts(self) -> list[list[int]]:
        """By length, for each state; filled when asked."""
        return [[int(state in self.finals) for state in range(len(self.edges))]]

    def only(self, characters: str) -> Automaton:
        """Keep the texts that are written with these characters alone."""
        kept = {character: character for character in characters}
        rows = [{mark: state for mark, state in row.items() if mark in kept} for row in self.edges]
        return _trim(self.name, rows, self.finals, self.named)

    def numbers_between(self, low: int, high: int) -> int:
        """Count the whole numbers from `low` to `high` that the automaton writes without leading zeros."""
        digits = self.only(_DIGITS)
        shortest, longest = len(str(low)), len(str(high))
        total = digits.before(str(high)) + digits.accepts(str(high)) - digits.before(str(low))
        for length in range(shortest, longest):
            # From the numbers of one length to those of the next; only 0 itself begins with a zero.
            zero = digits.edges[0].get("0") if length else None
            total += digits.count(0, length)
            total -= digits.count(zero, length) if zero is not None else 0
        return total

    def before(self, text: str) -> int:
        """Count the texts of the same length that come before one in the alphabet."""
        state: int | None = 0
        total = 0
        for position, character in enumerate(text):
            row = self.edges[state or 0]
            left = len(text) - position - 1
            total += sum(self.count(target, left) for mark, target in row.items() if mark < character)
            state = row.get(character)
            if state is None:
                break
        return total


@lru_cache(maxsize=256)
def read_pattern(name: str, pattern: str) -> Automaton:
    """Build the automaton of a regular expression; signs in any case are taken as they are written.

    A pattern that looks behind or uses character properties has no automaton here: a `GrammarError`, as is a large one.
    """
    shown = pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}…"
    try:
        _refuse_spans(pattern)
        parsed = interegular.parse_pattern(pattern)
        rows, finals, named = build_machine(parsed)
    except (Unsupported, InvalidSyntax, NotImplementedError, ValueError) as error:
        raise GrammarError(f"terminal {name} cannot be counted: /{shown}/: {error or 'an unknown form'}") from error
    except (TooManyStates, RecursionError):
        raise GrammarError(
            f"terminal {name} is too large to be counted: /{shown}/; write numbers as /0|[1-9][0-9]*/ with"
            f" //@ range=0..999, and other parts in rules"
        ) from None
    return _trim(name, rows, frozenset(finals), named)


def _refuse_spans(pattern: str) -> None:
    """Give up character ranges such as those of all of Unicode before they are written out."""
    if sum(max(0, ord(last) - ord(first)) for first, last in _SPAN.findall(pattern)) > _MOST_SPAN:
        raise TooManyStates


def _trim(name: str, rows: Sequence[Mapping[str, int]], finals: frozenset[int], named: frozenset[str]) -> Automaton:
    """Drop states that cannot reach an end, and number the others from the start."""
    sources: list[set[int]] = [set() for _ in rows]
    for state, row in enumerate(rows):
        for target in row.values():
            sources[target].add(state)
    alive, ending = set(finals), list(finals)
    for state in ending:
        fresh = sources[state] - alive
        alive |= fresh
        ending += fresh
    numbers, waiting = {0: 0}, [0]
    for state in waiting:
        for target in rows[state].values():
            if target in alive and target not in numbers:
                numbers[target] = len(numbers)
                waiting.append(target)
    edges = [{mark: numbers[to] for mark, to in rows[state].items() if to in alive} for state in waiting]
    return Automaton(name, tuple(edges), frozenset(numbers[state] for state in finals if state in numbers), named)
