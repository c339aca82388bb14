"""Regular expressions as automata, built state by state so that one with too many states is given up early."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

from interegular import Unsupported
from interegular.patterns import Pattern, REFlags

MOST_STATES = 2_000
"""States of one automaton."""

State = TypeVar("State", bound=Hashable)

_MOST_PLACES, _MOST_STEPS = 4_000, 400_000

OTHER = "\0"
"""Stands for every character that a pattern does not name."""

Rows = list[dict[str, int]]
"""For each state, the next one by character."""

Machine = tuple[Rows, set[int]]
"""A deterministic automaton that begins in state 0, and its final states."""

_Characters = frozenset[str]


class TooManyStates(Exception):
    """An automaton that is too large to be built."""


def build_machine(pattern: Pattern, alphabet: Iterable[str]) -> Machine:
    """Build the automaton of a parsed pattern; signs in any case are taken as they are written.

    Args:
        pattern: as interegular reads it.
        alphabet: all characters that it names; `OTHER` stands for the rest.

    Raises:
        Unsupported: interegular's own, that it looks behind or ahead in a way that has no automaton.
        TooManyStates: the automaton is too large.
    """
    return _Builder(frozenset(alphabet) | {OTHER}).whole(pattern)


class _Builder:
    """An automaton with free moves: `moves` by characters, `skips` without any."""

    def __init__(self, alphabet: _Characters) -> None:
        self.alphabet = alphabet
        self.moves: list[list[tuple[_Characters, int]]] = []
        self.skips: list[list[int]] = []
        self.steps = 0

    def whole(self, pattern: Any) -> Machine:
        start, end = self.place(), self.place()
        self.add(pattern, start, end, REFlags(0))
        return self.determined(start, end)

    def place(self) -> int:
        if len(self.moves) >= _MOST_PLACES:
            raise TooManyStates
        self.moves.append([])
        self.skips.append([])
        return len(self.moves) - 1

    def add(self, part: Any, start: int, end: int, flags: REFlags) -> None:
        """Add the ways that a part of a pattern leads from one place to another."""
        match type(part).__name__:
            case "_CharGroup":
                named = frozenset(part.chars)
                self.moves[start].append((self.alphabet - named if part.negated else named, end))
                if flags & REFlags.MULTILINE:
                    raise Unsupported(flags)
            case "__DotCls":
                self.moves[start].append((self.alphabet - ({"\n"} if not flags & REFlags.SINGLE_LINE else set()), end))
            case "__EmptyCls":
                self.skips[start].append(end)
            case "_Repeated":
                self.repeat(part, start, end, flags)
            case "_Concatenation":
                self.row(part.parts, start, end, flags)
            case "Pattern":
                inner = (flags | part.added_flags) & ~part.removed_flags
                for option in part.options:
                    self.add(option, start, end, inner)
            case form:
                raise Unsupported(form)

    def repeat(self, part: Any, start: int, end: int, flags: REFlags) -> None:
        if part.max is not None and part.max < part.min:
            raise Unsupported(f"repeated {part.min} to {part.max} times")
        for _ in range(part.min):
            following = self.place()
            self.add(part.base, start, following, flags)
            start = following
        if part.max is None:
            # A place of its own, so that nothing else leads into the round.
            inside = self.place()
            self.skips[start].append(inside)
            self.skips[inside].append(end)
            back = self.place()
            self.add(part.base, inside, back, flags)
            self.skips[back].append(inside)
            return
        self.skips[start].append(end)
        for _ in range(part.max - part.min):
            following = self.place()
            self.add(part.base, start, following, flags)
            self.skips[following].append(end)
            start = following

    def row(self, parts: Sequence[Any], start: int, end: int, flags: REFlags) -> None:
        """Add parts side by side; one that looks ahead decides about all that comes behind it."""
        for number, part in enumerate(parts):
            if type(part).__name__ == "_NonCapturing":
                if part.backwards:
                    raise Unsupported("lookbacks are not implemented")
                self.look_ahead(part, parts[number + 1 :], start, end, flags)
                return
            following = self.place()
            self.add(part, start, following, flags)
            start = following
        self.skips[start].append(end)

    def look_ahead(self, part: Any, parts: Sequence[Any], start: int, end: int, flags: REFlags) -> None:
        first, last = self.place(), self.place()
        self.row(parts, first, last, flags)
        behind = self.determined(first, last)
        first, last = self.place(), self.place()
        self.add(part.inner, first, last, flags)
        self.moves[last].append((self.alphabet, last))
        ahead = self.determined(first, last)
        rows, finals = _both(behind, ahead, wanted=not part.negate)
        places = [self.place() for _ in rows]
        self.skips[start].append(places[0])
        for place, row in zip(places, rows, strict=True):
            for character, state in row.items():
                self.moves[place].append((frozenset(character), places[state]))
        for state in finals:
            self.skips[places[state]].append(end)

    def determined(self, start: int, end: int) -> Machine:
        """Follow all ways at once: each state is the set of places that they may have come to."""
        first = self.reached([start])
        numbers, waiting, rows = {first: 0}, [first], []
        for places in waiting:
            row: dict[str, set[int]] = {}
            for place in places:
                for characters, following in self.moves[place]:
                    self.spend(len(characters))
                    for character in characters:
                        row.setdefault(character, set()).add(following)
            # Many characters lead to the same places.
            known: dict[frozenset[int], int] = {}
            for target in {frozenset(found) for found in row.values()}:
                closed = self.reached(target)
                known[target] = _number(closed, numbers, waiting)
            rows.append({character: known[frozenset(row[character])] for character in sorted(row)})
        return rows, {numbers[places] for places in waiting if end in places}

    def reached(self, places: Iterable[int]) -> frozenset[int]:
        found, waiting = set(places), list(places)
        for place in waiting:
            self.spend(1 + len(self.skips[place]))
            for following in self.skips[place]:
                if following not in found:
                    found.add(following)
                    waiting.append(following)
        return frozenset(found)

    def spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > _MOST_STEPS:
            raise TooManyStates


def _both(one: Machine, other: Machine, *, wanted: bool) -> Machine:
    """The texts of one automaton that another accepts, or does not accept."""
    numbers: dict[tuple[int, int | None], int] = {(0, 0): 0}
    waiting: list[tuple[int, int | None]] = [(0, 0)]
    rows: Rows = []
    for first, second in waiting:
        row = {}
        for character, following in one[0][first].items():
            pair = following, None if second is None else other[0][second].get(character)
            row[character] = _number(pair, numbers, waiting)
        rows.append(row)
    return rows, {
        number for (first, second), number in numbers.items() if first in one[1] and (second in other[1]) == wanted
    }


def _number(state: State, numbers: dict[State, int], waiting: list[State]) -> int:
    """Return the number of a state; a new one gets the next and is put among those that wait.

    Raises:
        TooManyStates: there is no number left.
    """
    if state not in numbers:
        if len(numbers) >= MOST_STATES:
            raise TooManyStates
        numbers[state] = len(numbers)
        waiting.append(state)
    return numbers[state]
