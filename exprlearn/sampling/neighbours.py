"""Which tokens can stand side by side, and whether a text can be cut into them in one way only."""

from __future__ import annotations

from exprlearn.grammar.specification import Alternative, Item, Literal, Reference, Slot, Specification

Token = Literal | Slot
Pair = tuple[Token, Token]


def neighbours(specification: Specification) -> frozenset[Pair]:
    """Find every pair of tokens that some expression writes side by side (some pairs may never occur)."""
    empty = _empty_rules(specification)
    firsts = _edges(specification, empty, reverse=False)
    lasts = _edges(specification, empty, reverse=True)
    pairs: set[Pair] = set()
    for rule in specification.rules:
        for alternative in rule.alternatives:
            for place, item in enumerate(alternative.items):
                for other in alternative.items[place + 1 :]:
                    pairs |= {(one, two) for one in _tokens(item, lasts) for two in _tokens(other, firsts)}
                    if not _may_be_empty(other, empty):
                        break
    return frozenset(pairs)


def numbers_stay_apart(pairs: frozenset[Pair]) -> bool:
    """Tell whether no two numbers ever stand side by side, so that digits together are one number."""
    return not any(isinstance(one, Slot) and isinstance(two, Slot) for one, two in pairs)


def lexical_doubt(specification: Specification, pairs: frozenset[Pair]) -> str:
    """Say why a text might be cut into tokens in two ways; empty when it cannot.

    Two cuts differ first where a token is the beginning of a longer one, and go on with a neighbour that begins with
    the next character of the longer one.
    """
    for one, two in sorted(pairs, key=repr):
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


def _confusable(literals: tuple[str, ...], short: str, following: str) -> str:
    for longer in literals:
        if len(longer) > len(short) and longer.startswith(short) and longer[len(short)] == following[0]:
            return longer
    return ""


def _empty_rules(specification: Specification) -> frozenset[int]:
    """Rules that can write nothing."""
    empty: frozenset[int] = frozenset()
    while True:
        more = frozenset(
            number
            for number, rule in enumerate(specification.rules)
            if any(all(_may_be_empty(item, empty) for item in each.items) for each in rule.alternatives)
        )
        if more == empty:
            return empty
        empty = more


def _may_be_empty(item: Item, empty: frozenset[int]) -> bool:
    return isinstance(item, Reference) and item.rule in empty


def _edges(specification: Specification, empty: frozenset[int], *, reverse: bool) -> list[set[Token]]:
    """The tokens that each rule can begin (or end) with."""
    found: list[set[Token]] = [set() for _ in specification.rules]
    changed = True
    while changed:
        changed = False
        for number, rule in enumerate(specification.rules):
            before = len(found[number])
            for alternative in rule.alternatives:
                found[number] |= _edge(alternative, found, empty, reverse)
            changed |= len(found[number]) > before
    return found


def _edge(alternative: Alternative, found: list[set[Token]], empty: frozenset[int], reverse: bool) -> set[Token]:
    edge: set[Token] = set()
    for item in reversed(alternative.items) if reverse else alternative.items:
        edge |= _tokens(item, found)
        if not _may_be_empty(item, empty):
            break
    return edge


def _tokens(item: Item, found: list[set[Token]]) -> set[Token]:
    return found[item.rule] if isinstance(item, Reference) else {item}
