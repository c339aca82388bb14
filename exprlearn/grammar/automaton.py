"""A terminal as a deterministic automaton: which texts it writes, counted and ordered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import interegular
from interegular import InvalidSyntax, Unsupported

from exprlearn.errors import GrammarError

OTHER = "\0"
"""Stands for every character that a pattern does not name."""

_DIGITS = "0123456789"


@dataclass(frozen=True)
class Automaton:
    """A trimmed automaton: `edges[state]` maps a character to the next state; state 0 is the start.

    >>> number = read_pattern("NUMBER", "0|[1-9][0-9]{0,2}")
    >>> number.is_finite, number.accepts("250"), number.accepts("007"), number.longest
    (True, True, False, 3)
    """

    name: str
    edges: tuple[Mapping[str, int], ...]
    finals: frozenset[int]

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
            row = self.edges[state or 0]
            state = row.get(character, row.get(OTHER))
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
        return self._counter(state, length)

    def only(self, characters: str) -> Automaton:
        """Keep the texts that are written with these characters alone."""
        kept = {character: character for character in characters}
        rows = [{mark: state for mark, state in row.items() if mark in kept} for row in self.edges]
        return _trim(self.name, rows, 0, self.finals)

    def numbers_between(self, low: int, high: int) -> int:
        """Count the whole numbers from `low` to `high` that the automaton writes without leading zeros."""
        digits = self.only(_DIGITS)
        total = 0
        for length in range(len(str(low)), len(str(high)) + 1):
            least = max(low, 10 ** (length - 1) if length > 1 else 0)
            most = min(high, 10**length - 1)
            total += digits.before(str(most)) + digits.accepts(str(most)) - digits.before(str(least))
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

    @cached_property
    def _counter(self) -> _Counter:
        return _Counter(self)


class _Counter:
    def __init__(self, automaton: Automaton) -> None:
        self._layers = [[int(state in automaton.finals) for state in range(len(automaton.edges))]]
        self._edges = automaton.edges

    def __call__(self, state: int, length: int) -> int:
        while len(self._layers) <= length:
            last = self._layers[-1]
            self._layers.append([sum(last[target] for target in row.values()) for row in self._edges])
        return self._layers[length][state]


@cache
def read_pattern(name: str, pattern: str) -> Automaton:
    """Build the automaton of a regular expression.

    Raises:
        GrammarError: the pattern looks behind or uses character properties, which have no automaton here.
    """
    try:
        machine = interegular.parse_pattern(pattern).to_fsm().reduce()
    except (Unsupported, InvalidSyntax, NotImplementedError) as error:
        raise GrammarError(f"terminal {name} cannot be counted: /{pattern}/: {error or 'an unknown form'}") from error
    groups = {key: list(marks) for key, marks in machine.alphabet.by_transition.items()}
    rows: list[dict[str, int]] = [{} for _ in range(max(machine.states, default=0) + 1)]
    for state, row in machine.map.items():
        for key, target in row.items():
            for mark in groups[key]:
                rows[state][mark if isinstance(mark, str) else OTHER] = target
    return _trim(name, rows, machine.initial, frozenset(machine.finals))


def _trim(name: str, rows: list[dict[str, int]], start: int, finals: frozenset[int]) -> Automaton:
    """Drop states that cannot reach an end or cannot be reached, and number the others from the start."""
    alive = set(finals)
    while fresh := {state for state, row in enumerate(rows) if state not in alive and alive & set(row.values())}:
        alive |= fresh
    numbers, waiting = {start: 0}, [start]
    for state in waiting:
        for target in rows[state].values():
            if target in alive and target not in numbers:
                numbers[target] = len(numbers)
                waiting.append(target)
    edges = [{mark: numbers[to] for mark, to in rows[state].items() if to in alive} for state in waiting]
    return Automaton(name, tuple(edges), frozenset(numbers[state] for state in finals if state in numbers))
