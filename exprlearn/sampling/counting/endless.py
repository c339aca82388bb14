"""What would make a space endless: the order in which rules can be counted, cycles without size, and nesting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush
from itertools import pairwise

from exprlearn.errors import SizeError
from exprlearn.grammar.faults import Unbounded
from exprlearn.grammar.specification import Alternative, Item, Literal, Reference, Rule, Slot, Specification
from exprlearn.sampling.counting.sizes import MEASURES, measure_text

Shape = tuple[int, tuple[int, ...]]
"""Of an alternative: the bounded size it adds itself, and the rules it refers to."""


def smallest_levels(shapes: Sequence[Sequence[Shape]]) -> list[int | None]:
    """Find the smallest bounded size that each rule can write; None when it never ends.

    >>> smallest_levels([[(1, (0, 0)), (2, ())], [(0, (1,))]])
    [2, None]
    """
    smallest: list[int | None] = [None] * len(shapes)
    users: list[set[int]] = [set() for _ in shapes]
    for rule, alternatives in enumerate(shapes):
        for _, references in alternatives:
            for reference in references:
                users[reference].add(rule)
    # Smallest first, so that what is found once is final.
    waiting = [(total, rule) for rule in range(len(shapes)) if (total := _total(shapes[rule], smallest)) is not None]
    heapify(waiting)
    while waiting:
        total, rule = heappop(waiting)
        if smallest[rule] is not None:
            continue
        smallest[rule] = total
        for user in users[rule]:
            if smallest[user] is None and (found := _total(shapes[user], smallest)) is not None:
                heappush(waiting, (found, user))
    return smallest


def _total(alternatives: Sequence[Shape], smallest: Sequence[int | None]) -> int | None:
    totals = []
    for own, references in alternatives:
        parts = [part for reference in references if (part := smallest[reference]) is not None]
        if len(parts) == len(references):
            totals.append(own + sum(parts))
    return min(totals, default=None)


def evaluation_order(
    specification: Specification,
    shapes: Sequence[Sequence[Shape]],
    smallest: Sequence[int | None],
    upper: Mapping[str, int],
) -> list[int]:
    """Order rules so that what one may pass on without adding size comes before it.

    A `SizeError` says that a rule can come back to itself without adding size, so that expressions have no end.
    """
    edges = [_free_references(alternatives, smallest) for alternatives in shapes]
    order: list[int] = []
    entered: dict[int, bool] = {}
    for rule in range(len(shapes)):
        _visit(rule, edges, entered, order, specification, upper)
    return order


def _free_references(alternatives: Sequence[Shape], smallest: Sequence[int | None]) -> list[int]:
    """Rules that an alternative can hand its whole size to."""
    free: list[int] = []
    for own, references in alternatives:
        parts = [smallest[reference] for reference in references]
        if own or None in parts:
            continue
        for position, reference in enumerate(references):
            if not any(part for other, part in enumerate(parts) if other != position):
                free.append(reference)
    return free


def _visit(
    root: int,
    edges: Sequence[Sequence[int]],
    done: dict[int, bool],
    order: list[int],
    specification: Specification,
    upper: Mapping[str, int],
) -> None:
    """Depth first without recursion; `done` is False while a rule is on the path."""
    if root in done:
        return
    done[root] = False
    path = [(root, iter(edges[root]))]
    while path:
        rule, rest = path[-1]
        following = next(rest, None)
        if following is None:
            path.pop()
            done[rule] = True
            order.append(rule)
        elif following not in done:
            done[following] = False
            path.append((following, iter(edges[following])))
        elif not done[following]:
            rules = [entry for entry, _ in path]
            raise _endless(specification, [*rules[rules.index(following) :], following], upper)


def _endless(specification: Specification, cycle: list[int], upper: Mapping[str, int]) -> SizeError:
    growing = [name for name in _growing(specification, cycle) if name not in upper]
    names = ", ".join(dict.fromkeys(repr(specification.rules[rule].name) for rule in cycle))
    if not growing:
        return SizeError(f"rule {names} can come back to itself without writing anything: remove that alternative")
    at = "".join(f" at {size} {field}" for field, size in upper.items() if field in MEASURES)
    cures = {"brackets": "bound `brackets` or `depth`, for instance brackets=0..2"}
    cure = cures.get(growing[0], f"bound `{growing[0]}`, for instance {growing[0]}=2..4")
    verb = "nest" if growing[0] == "brackets" else "grow"
    return Unbounded([f"{growing[0]} can {verb} without end{at} (rule {names}): {cure}"], growing[:1])


def _growing(specification: Specification, cycle: list[int]) -> list[str]:
    """Measures, most telling first, that one round of the cycle adds to."""
    found: set[str] = set()
    for rule, following in pairwise(cycle):
        for alternative in specification.rules[rule].alternatives:
            references = [reference.rule for reference in alternative.references]
            if following not in references:
                continue
            if len(references) > 1:
                found |= {"terms", "characters"}
            for item in alternative.items:
                found |= _measures(specification, item)
    return [name for name in MEASURES if name in found]


def _measures(specification: Specification, item: Item) -> set[str]:
    if isinstance(item, Slot):
        return {"terms", "characters"}
    sizes = measure_text(specification.literals[item.index]) if isinstance(item, Literal) else {}
    return {name for name, size in sizes.items() if size}


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
