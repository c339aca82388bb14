"""Which tokens can stand side by side, and whether a text can be cut into them in one way only."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from functools import lru_cache

from exprlearn.errors import SizeError
from exprlearn.grammar.specification import Alternative, Item, Literal, Reference, Slot, Specification

Token = Literal | Slot
Pair = tuple[Token, Token]

MOST_PAIRS = 200_000
"""Pairs of tokens side by side that are looked at."""


def neighbours(specification: Specification) -> frozenset[Pair]:
    """Find every pair of tokens that some expression writes side by side (some pairs may never occur)."""
    empty = _empty_rules(specification)
    firsts = _edges(specification, empty, reverse=False)
    lasts = _edges(specification, empty, reverse=True)
    pairs: set[Pair] = set()
    done: set[tuple[int | Token, int | Token]] = set()
    for item, other in _side_by_side(specification, empty):
        key = tuple(each.rule if isinstance(each, Reference) else each for each in (item, other))
        if key in done:
            continue
        done.add((key[0], key[1]))
        before, after = _tokens(item, lasts), _tokens(other, firsts)
        if len(pairs) + len(before) * len(after) > MOST_PAIRS:
            raise SizeError("this grammar writes too many different texts side by side: write it with fewer")
        pairs |= {(one, two) for one in before for two in after}
    return frozenset(pairs)


def _side_by_side(specification: Specification, empty: Container[int]) -> Iterator[tuple[Item, Item]]:
    for rule in specification.rules:
        for alternative in rule.alternatives:
            for index, item in enumerate(alternative.items):
                for other in alternative.items[index + 1 :]:
                    yield item, other
                    if not _may_be_empty(other, empty):
                        break


def numbers_stay_apart(pairs: frozenset[Pair]) -> bool:
    """Tell whether no two numbers ever stand side by side, so that digits together are one number."""
    return not any(isinstance(one, Slot) and isinstance(two, Slot) for one, two in pairs)


@lru_cache(maxsize=64)
def skeletons_decide(specification: Specification) -> bool:
    """Tell whether all derivations of an expression cut it into the same numbers of the same language."""
    digits = any(character.isdigit() for text in specification.literals for character in text)
    return len(specification.languages) == 1 and not digits and numbers_stay_apart(neighbours(specification))


def lexical_doubt(specification: Specification, pairs: frozenset[Pair]) -> str:
    """Say why a text might be cut into tokens in two ways; empty when it cannot.

    Two cuts differ first where a token is the beginning of a longer one, and go on with a neighbour that begins with
    the next character of the longer one.
    """
    for one, two in sorted(pairs, key=_order):
        if isinstance(one, Slot) and isinstance(two, Slot):
            lengths = {len(each.by_length()) for each in specification.languages}
            longest = {each.longest for each in specification.languages}
            if lengths != {1} or len(longest) > 1:
                return "two numbers can stand side by side, and the same digits can be shared out in several ways"
        elif isinstance(one, Literal) and isinstance(two, Literal):
            first, second = specification.literals[one.index], specification.literals[two.index]
            if longer := _confusable(specification.literals, first, second):
                return f"{first!r} before {second!r} can be read as the beginning of {longer!r}"
    return ""


def _order(pair: Pair) -> tuple[tuple[str, int], ...]:
    """Literals before numbers."""
    return tuple(
        (type(token).__name__, token.index if isinstance(token, Literal) else token.language) for token in pair
    )


def _confusable(literals: tuple[str, ...], short: str, following: str) -> str:
    for longer in literals:
        if len(longer) > len(short) and longer.startswith(short) and longer[len(short)] == following[0]:
            return longer
    return ""


def _empty_rules(specification: Specification) -> set[int]:
    """Rules that can write nothing."""
    empty: set[int] = set()

    def grows(number: int) -> bool:
        alternatives = specification.rules[number].alternatives
        if number in empty or not any(all(_may_be_empty(item, empty) for item in each.items) for each in alternatives):
            return False
        empty.add(number)
        return True

    settle(specification, grows)
    return empty


def _may_be_empty(item: Item, empty: Container[int]) -> bool:
    return isinstance(item, Reference) and item.rule in empty


def _edges(specification: Specification, empty: Container[int], *, reverse: bool) -> list[set[Token]]:
    """The tokens that each rule can begin (or end) with."""
    found: list[set[Token]] = [set() for _ in specification.rules]

    def grows(number: int) -> bool:
        before = len(found[number])
        for alternative in specification.rules[number].alternatives:
            found[number] |= _edge(alternative, found, empty, reverse)
        return len(found[number]) > before

    settle(specification, grows)
    return found


def settle(specification: Specification, grows: Callable[[int], bool]) -> None:
    """Look at each rule, and again at those that refer to one that has grown, until none grows any more."""
    users: list[set[int]] = [set() for _ in specification.rules]
    for number, rule in enumerate(specification.rules):
        for alternative in rule.alternatives:
            for reference in alternative.references:
                users[reference.rule].add(number)
    waiting = dict.fromkeys(reversed(range(len(specification.rules))))
    while waiting:
        number, _ = waiting.popitem()
        if grows(number):
            waiting.update(dict.fromkeys(users[number]))


def _edge(alternative: Alternative, found: list[set[Token]], empty: Container[int], reverse: bool) -> set[Token]:
    edge: set[Token] = set()
    for item in reversed(alternative.items) if reverse else alternative.items:
        edge |= _tokens(item, found)
        if not _may_be_empty(item, empty):
            break
    return edge


def _tokens(item: Item, found: list[set[Token]]) -> set[Token]:
    return found[item.rule] if isinstance(item, Reference) else {item}
