"""The order in which rules can be counted, and the cycles without size that would make a space endless."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exprlearn.errors import SizeError
from exprlearn.grammar.specification import Literal, Slot, Specification
from exprlearn.sampling.sizes import MEASURES, measure_text

Shape = tuple[int, tuple[int, ...]]
"""Of an alternative: the bounded size it adds itself, and the rules it refers to."""


def smallest_levels(shapes: Sequence[Sequence[Shape]]) -> list[int | None]:
    """Find the smallest bounded size that each rule can write; None when it never ends.

    >>> smallest_levels([[(1, (0, 0)), (2, ())], [(0, (1,))]])
    [2, None]
    """
    smallest: list[int | None] = [None] * len(shapes)
    changed = True
    while changed:
        changed = False
        for rule, alternatives in enumerate(shapes):
            for own, references in alternatives:
                parts = [smallest[reference] for reference in references]
                if None in parts:
                    continue
                total = own + sum(part or 0 for part in parts)
                best = smallest[rule]
                if best is None or total < best:
                    smallest[rule], changed = total, True
    return smallest


def evaluation_order(
    specification: Specification,
    shapes: Sequence[Sequence[Shape]],
    smallest: Sequence[int | None],
    upper: Mapping[str, int],
) -> list[int]:
    """Order rules so that what one may pass on without adding size comes before it.

    Raises:
        SizeError: a rule can come back to itself without adding size, so that expressions have no end.
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
            raise _endless(specification, rules[rules.index(following) :], upper)


def _endless(specification: Specification, cycle: list[int], upper: Mapping[str, int]) -> SizeError:
    growing = _growing(specification, cycle)
    names = ", ".join(dict.fromkeys(repr(specification.rules[rule].name) for rule in cycle))
    if not growing:
        return SizeError(f"rule {names} can come back to itself without writing anything: remove that alternative")
    at = "".join(f" at {size} {field}" for field, size in upper.items() if field in MEASURES)
    cures = {"brackets": "bound `brackets` or `depth`, for instance brackets=0..2"}
    cure = cures.get(growing[0], f"bound `{growing[0]}`, for instance {growing[0]}=2..4")
    verb = "nest" if growing[0] == "brackets" else "grow"
    return SizeError(f"{growing[0]} can {verb} without end{at} (rule {names}): {cure}")


def _growing(specification: Specification, cycle: list[int]) -> list[str]:
    """Measures, most telling first, that the alternatives which keep the cycle going add to."""
    found: set[str] = set()
    for rule in cycle:
        for alternative in specification.rules[rule].alternatives:
            if not any(reference.rule in cycle for reference in alternative.references):
                continue
            for item in alternative.items:
                if isinstance(item, Slot):
                    found |= {"terms", "characters"}
                elif isinstance(item, Literal):
                    sizes = measure_text(specification.literals[item.index])
                    found |= {name for name, size in sizes.items() if size}
            if len(alternative.references) > 1:
                found |= {"terms"}
    return [name for name in MEASURES if name in found]
