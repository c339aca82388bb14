"""The k-th expression of a value: from tables of values down to a skeleton and its numbers, a block at a time.

All expressions of a block go down the graph together; each node is visited once, with every part that it has to fill.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import DataError
from exprlearn_balance.value_graph import Either, Number, Operation
from exprlearn_balance.value_tables import ValueTables

Column = NDArray[np.int64]

_MOST_SKELETONS = 1 << 62


@dataclass(frozen=True, eq=False)
class Chosen:
    """n expressions of one node.

    Attributes:
        skeletons: int64 [n], their skeletons by number.
        fillers: int64 [n, slots], the index of each number in its language, from left to right.
    """

    skeletons: Column
    fillers: Column


@dataclass(frozen=True, eq=False)
class _Parts:
    """Parts of expressions that one node fills; [m] each.

    Attributes:
        rows: which expressions they belong to.
        places: how many numbers of the expression stand before.
        scales: how much one of the node's skeletons counts in the whole.
        values: the value, as a row of the node's table.
        ranks: which of the expressions of that value.
    """

    rows: Column
    places: Column
    scales: Column
    values: Column
    ranks: NDArray[Any]

    def at(self, mask: NDArray[np.bool_] | slice, values: NDArray[Any], ranks: NDArray[Any], **moved: Any) -> _Parts:
        """Give some on to a part of the node."""
        places, scales = self.places[mask] + moved.get("slots", 0), self.scales[mask] * moved.get("skeletons", 1)
        return _Parts(self.rows[mask], places, scales, values.astype(np.int64), ranks)


def descend(tables: ValueTables, root: int, values: Column, ranks: NDArray[Any]) -> Chosen:
    """Find expressions by value and number.

    Args:
        tables: of the graph.
        root: the node of the expressions.
        values: int64 [n], rows of the root's table.
        ranks: [n], below the counts of these rows; Python integers where counts are.

    Raises:
        DataError: there are 2**62 skeletons or more.
    """
    graph, count = tables.graph, len(values)
    if graph.skeletons[root] >= _MOST_SKELETONS:
        raise DataError("expressions with 2**62 skeletons and more cannot be drawn by value: choose fewer terms")
    chosen = Chosen(np.zeros(count, np.int64), np.zeros((count, graph.slots[root]), np.int64))
    nothing = np.zeros(count, np.int64)
    waiting = {root: [_Parts(np.arange(count, dtype=np.int64), nothing, nothing + 1, values, ranks)]}
    for node in reversed(graph.reached([root])):
        if found := waiting.pop(node, []):
            for part, given in _visit(tables, node, _joined(found), chosen):
                waiting.setdefault(part, []).append(given)
    return chosen


def _visit(tables: ValueTables, number: int, parts: _Parts, chosen: Chosen) -> Iterator[tuple[int, _Parts]]:
    """Choose a way for each part, write what the node itself decides, and hand on the rest."""
    table, graph = tables[number], tables.graph
    targets = table.starts[parts.values] + parts.ranks
    ways = np.searchsorted(table.ends, targets, side="right")
    first, second = table.first[ways], table.second[ways]
    before = np.where(ways > 0, table.ends[np.maximum(ways - 1, 0)], 0)
    ranks = targets - before
    match graph.nodes[number]:
        case Number():
            chosen.fillers[parts.rows, parts.places] = first
        case Operation() as node:
            yield from _operands(tables, node, parts, first, second, ranks)
        case Either() as node:
            offsets = np.cumsum([0, *(graph.skeletons[part] for part in node.parts)])
            np.add.at(chosen.skeletons, parts.rows, parts.scales * offsets[first])
            for place in np.unique(first).tolist():
                mask = first == place
                yield node.parts[place], parts.at(mask, second[mask], ranks[mask])


def _operands(
    tables: ValueTables,
    node: Operation,
    parts: _Parts,
    first: NDArray[np.int32],
    second: NDArray[np.int32],
    ranks: NDArray[Any],
) -> Iterator[tuple[int, _Parts]]:
    """Split each expression of an operation into its sides, the left one the more significant."""
    graph, every = tables.graph, slice(None)
    seconds = tables[node.right].counts[second]
    left = ranks // seconds
    if len(node.parts) == 2:
        yield node.left, parts.at(every, first, left, skeletons=graph.skeletons[node.right])
    slots = graph.slots[node.left] if len(node.parts) == 2 else 0
    yield node.right, parts.at(every, second, ranks - left * seconds, slots=slots)


def _joined(found: list[_Parts]) -> _Parts:
    if len(found) == 1:
        return found[0]
    names = ("rows", "places", "scales", "values", "ranks")
    return _Parts(*(np.concatenate([getattr(each, name) for each in found]) for name in names))
