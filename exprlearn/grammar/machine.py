"""Regular expressions as automata, built state by state so that one with too many states is given up early."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from typing import Any

from interegular import Unsupported
from interegular.patterns import Pattern, REFlags

OTHER = "\0"
"""Stands for every character that a pattern does not name."""

MOST_STATES = 2_000
"""States of one automaton."""

_MOST_CHARACTERS, _MOST_PARTS, _MOST_LINKS, _MOST_STEPS = 2_000, 20_000, 8_000, 300_000

_Thread = tuple[int, frozenset["_Condition"]]
_Threads = frozenset[_Thread]
_Condition = tuple[_Threads, bool]
_END, _ANYTHING, _FREE = -1, -2, frozenset[_Condition]()


class TooManyStates(Exception):
    """An automaton that is too large to be built."""


def build_machine(pattern: Pattern) -> tuple[list[dict[str, int]], set[int], frozenset[str]]:
    """Build the automaton of a parsed pattern: for each state the next one by character, the final ones, all it names.

    State 0 is the first; signs in any case are taken as they are written. Patterns that look behind are interegular's
    own `Unsupported`, and `TooManyStates` tells of an automaton that is too large.
    """
    groups = _character_groups(pattern)
    return *_Determination(pattern, groups).machine(), frozenset().union(*groups)


def _character_groups(pattern: object) -> set[frozenset[str]]:
    """All sets of characters that a parsed pattern names, with the digits, and with what `.` leaves out."""
    groups, waiting = {frozenset("\n"), frozenset("0123456789")}, [pattern]
    named: set[str] = set()
    for part in waiting:
        named |= (group := frozenset(getattr(part, "chars", ())))
        groups.add(group)
        waiting += [*getattr(part, "options", ()), *getattr(part, "parts", ())]
        waiting += [inner for name in ("base", "inner") if (inner := getattr(part, name, None)) is not None]
        if len(named) > _MOST_CHARACTERS or len(waiting) > _MOST_PARTS:
            raise TooManyStates
    return groups


class _Determination:
    """Follows all ways through a pattern at once.

    A *link* is a part of the pattern, how often it has been repeated, its flags, and the link behind it. A *thread* is
    the link that reads next, and the conditions of what looks ahead: threads of their own, one of which has to come to
    an end, or none may. A state of the automaton is a set of threads. For `(?!12)1[0-9]`, each link written as what is
    left to read:

        {1[0-9] unless 12…}  -1->  {[0-9] unless 2…}  -2->  {}      -3->  {end}
    """

    def __init__(self, pattern: Any, groups: Iterable[frozenset[str]]) -> None:
        self.links: list[tuple[Any, int, REFlags, int]] = []
        self.numbers: dict[tuple[int, int, REFlags, int], int] = {}
        self.classes = self.character_classes(groups)
        self.closed: dict[int, _Threads] = {}
        self.readers: dict[int, list[int]] = {_END: [], _ANYTHING: [*range(len(self.classes))]}
        self.followers: dict[_Threads, dict[int, _Threads]] = {}
        self.steps = 0
        self.first = self.link(pattern, 0, REFlags(0), _END)

    def machine(self) -> tuple[list[dict[str, int]], set[int]]:
        """Number the states that are reached: for each the next one by character, and the final ones."""
        first = self.reached(self.first)
        numbers, waiting, rows = {first: 0}, [first], []
        for threads in waiting:
            row: dict[str, int] = {}
            for number, following in self.after(threads).items():
                if following not in numbers:
                    numbers[following] = len(numbers)
                    waiting.append(following)
                row |= dict.fromkeys(self.classes[number], numbers[following])
            self.spend(len(row))
            if len(numbers) > MOST_STATES:
                raise TooManyStates
            rows.append(dict(sorted(row.items())))
        return rows, {number for threads, number in numbers.items() if any(map(self.is_over, threads))}

    @staticmethod
    def character_classes(groups: Iterable[frozenset[str]]) -> list[list[str]]:
        """Put characters together that no group tells apart: of [0-9] and [5-9a] they are 0-4, 5-9, a and the rest."""
        fresh = count()
        class_of = dict.fromkeys(frozenset().union(*groups) | {OTHER}, next(fresh))
        for group in groups:
            numbers: defaultdict[int, int] = defaultdict(fresh.__next__)
            for character in group:
                class_of[character] = numbers[class_of[character]]
        members: defaultdict[int, list[str]] = defaultdict(list)
        for character, number in class_of.items():
            members[number].append(character)
        return list(members.values())

    def link(self, part: Any, rounds: int, flags: REFlags, behind: int) -> int:
        """Return the number of a link."""
        key = id(part), rounds, flags, behind
        if key not in self.numbers:
            if len(self.links) >= _MOST_LINKS:
                raise TooManyStates
            self.numbers[key] = len(self.links)
            self.links.append((part, rounds, flags, behind))
        return self.numbers[key]

    def after(self, threads: _Threads) -> dict[int, _Threads]:
        """By class of characters, the threads that are left when all have read one; kept, as conditions ask again."""
        if threads not in self.followers:
            found: defaultdict[int, set[_Thread]] = defaultdict(set)
            for link, conditions in threads:
                classes = self.reads(link)
                behind = self.reached(link if link < 0 else self.links[link][3]) if classes else frozenset()
                moved = [(self.after(ahead), wanted) for ahead, wanted in conditions]
                self.spend(1 + len(classes) * len(behind))
                for number in classes:
                    ahead = [(following.get(number, frozenset()), wanted) for following, wanted in moved]
                    found[number].update(self.under(behind, ahead) if ahead else behind)
            self.followers[threads] = {number: frozenset(each) for number, each in found.items() if each}
        return self.followers[threads]

    def reads(self, link: int) -> list[int]:
        """List the classes of characters that a link reads."""
        if link not in self.readers:
            part, _, flags, _ = self.links[link]
            excluded, is_negated = ("\n" if not flags & REFlags.SINGLE_LINE else ""), True
            if type(part).__name__ == "_CharGroup":
                excluded, is_negated = part.chars, part.negated
            self.readers[link] = [
                number for number, each in enumerate(self.classes) if (each[0] in excluded) != is_negated
            ]
        return self.readers[link]

    def reached(self, start: int) -> _Threads:
        """Follow a link to those that read a character, or to the end."""
        if start not in self.closed:
            waiting, found = [(start, _FREE)], set()
            known = set(waiting)
            for thread in waiting:
                following = self.follow(*thread)
                if following is None:
                    found.add(thread)
                    continue
                # A closure is looked up for each state, and made once.
                self.spend(4 * (1 + len(following)))
                waiting += [each for each in dict.fromkeys(following) if each not in known]
                known.update(following)
            self.closed[start] = frozenset(found)
        return self.closed[start]

    def follow(self, link: int, conditions: frozenset[_Condition]) -> list[_Thread] | None:
        """Return the threads that a part without a character of its own leads to; None if it reads one or is over."""
        if link < 0:
            return None
        part, rounds, flags, behind = self.links[link]
        match type(part).__name__:
            case "_CharGroup" if not flags & REFlags.MULTILINE:
                return None
            case "__DotCls":
                return None
            case "__EmptyCls":
                links = [behind]
            case "_Repeated" if part.max is None or part.min <= part.max:
                links = [behind] if rounds >= part.min else []
                if part.max is None or rounds < part.max:
                    more = rounds + (part.max is not None or rounds < part.min)
                    links.append(self.link(part.base, 0, flags, self.link(part, more, flags, behind)))
            case "_Concatenation":
                self.spend(len(part.parts))
                for each in reversed(part.parts):
                    behind = self.link(each, 0, flags, behind)
                links = [behind]
            case "Pattern":
                inner = (flags | part.added_flags) & ~part.removed_flags
                links = [self.link(option, 0, inner, behind) for option in part.options]
            case "_NonCapturing" if not part.backwards:
                ahead = self.reached(self.link(part.inner, 0, flags, _ANYTHING))
                return self.under([(behind, conditions)], [(ahead, not part.negate)])
            case "_CharGroup":
                raise Unsupported(flags)
            case "_Repeated":
                raise Unsupported(f"repeated {part.min} to {part.max} times")
            case form:
                raise Unsupported("lookbacks are not implemented" if form == "_NonCapturing" else form)
        return [(each, conditions) for each in links]

    def under(self, threads: Iterable[_Thread], conditions: Iterable[_Condition]) -> list[_Thread]:
        """Put threads under conditions: none is left where one fails, and one that holds for good is dropped."""
        still_open = set()
        for ahead, wanted in conditions:
            holds = True if (_ANYTHING, _FREE) in ahead else None if ahead else False
            if holds is None:
                still_open.add((ahead, wanted))
            elif holds != wanted:
                return []
        return [(link, others | still_open) for link, others in threads]

    def is_over(self, thread: _Thread) -> bool:
        """Tell whether a text may end here."""
        link, conditions = thread
        return link < 0 and all(any(map(self.is_over, ahead)) == wanted for ahead, wanted in conditions)

    def spend(self, steps: int) -> None:
        """Count steps, and give up when they are too many."""
        self.steps += steps
        if self.steps > _MOST_STEPS:
            raise TooManyStates
