"""Bound how deep brackets nest: nesting does not add up like other sizes, so every rule gets a copy for each depth."""

from __future__ import annotations

from dataclasses import replace

from exprlearn.errors import SizeError
from exprlearn.grammar.specification import Alternative, Item, Reference, Rule, Specification

_MOST_COPIES = 5_000


def limit_depth(specification: Specification, depth: int) -> Specification:
    """Keep the expressions whose brackets nest at most `depth` deep.

    Raises:
        SizeError: some alternative opens a bracket that another one closes, so that nesting cannot be told.
    """
    numbers: dict[tuple[int, int], int] = {}
    waiting: list[tuple[int, int]] = []

    def number(rule: int, left: int) -> int:
        key = rule, left
        if key not in numbers:
            if len(waiting) >= _MOST_COPIES:
                raise SizeError(f"depth={depth} is too deep to be counted: bound it closer, for instance depth=0..4")
            numbers[key] = len(waiting)
            waiting.append(key)
        return numbers[key]

    def copy(item: Item, left: int) -> Item:
        return Reference(number(item.rule, left - item.nesting)) if isinstance(item, Reference) else item

    number(specification.start, depth)
    rules: list[Rule] = []
    for rule, left in waiting:
        name = specification.rules[rule].name
        kept = [each for each in specification.rules[rule].alternatives if _check(name, each).nesting <= left]
        copies = [replace(each, items=tuple([copy(item, left) for item in each.items])) for each in kept]
        rules.append(Rule(name, tuple(copies)))
    return replace(specification, start=0, rules=tuple(rules))


def _check(rule: str, alternative: Alternative) -> Alternative:
    if alternative.balance:
        raise SizeError(
            f"depth cannot be told: an alternative of rule {rule!r} opens a bracket that it does not close;"
            f" write both into one alternative, or bound `brackets`"
        )
    return alternative
