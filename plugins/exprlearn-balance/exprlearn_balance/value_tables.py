"""How many expressions have which value: exact tables for every node of a value graph, bottom up.

A table lists the values of a node, sorted, and for each value the ways to come to it: which text a number has, which
values the two sides of an operation have, which part of an either it is and which value that has. The counts of all
ways, added up one after the other, say at once how many expressions there are and which one is the k-th.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import programs as code
from exprlearn.arithmetic.evaluation import Operation as Division
from exprlearn.arithmetic.values import SAFE, Column, Integers, calculate
from exprlearn.errors import DataError
from exprlearn_balance.value_graph import Either, Number, Operation, ValueGraph

#: Ways that the tables of a space may list in all; sixteen bytes each.
MOST_WAYS = 1 << 23
#: Pairs of values that one operation may be tried on.
MOST_PAIRS = 1 << 26

_CHUNK = 1 << 20

Counts = NDArray[Any]
"""int64, or Python integers where there are 2**62 expressions and more."""


@dataclass(frozen=True)
class ValueRules:
    """Which expressions count.

    Attributes:
        division: how `/` computes.
        divides_evenly: whether every division must leave no remainder.
        keep: tells for numerators and denominators, int64 [n], which values of whole expressions count; bool [n].
    """

    division: Division = "exact"
    divides_evenly: bool = False
    keep: Callable[[Integers, Integers], NDArray[np.bool_]] = lambda numerators, denominators: np.ones(
        len(numerators), bool
    )


@dataclass(frozen=True, eq=False)
class ValueTable:
    """The values of one node and the ways to them.

    Attributes:
        numerators: int64 [m], in lowest terms, sorted by denominator, then by numerator.
        denominators: int64 [m], positive.
        counts: [m], how many expressions have each value.
        starts: [m], how many have one of the values before.
        first: int32 [w], of each way: the text, the left value, or the part.
        second: int32 [w], the right value, or the part's value.
        ends: [w], how many expressions the ways have up to and including each.
    """

    numerators: Integers
    denominators: Integers
    counts: Counts
    starts: Counts
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    ends: Counts

    def __len__(self) -> int:
        return len(self.numerators)

    @property
    def total(self) -> int:
        """How many expressions there are."""
        return int(self.ends[-1]) if len(self.ends) else 0


@dataclass
class ValueTables:
    """The tables of the nodes that some roots are made of.

    Args:
        graph: the nodes.
        roots: the nodes wanted.
        rules: which expressions count.

    Raises:
        DataError: they would take more than `MOST_WAYS`, or values leave 64 bits.
    """

    graph: ValueGraph
    roots: Sequence[int]
    rules: ValueRules = field(default_factory=ValueRules)
    ways: int = 0

    def __post_init__(self) -> None:
        self.tables: dict[int, ValueTable] = {}
        for node in self.graph.reached(self.roots):
            self.tables[node] = self._table(node)
            self.ways += len(self.tables[node].ends)

    def __getitem__(self, node: int) -> ValueTable:
        return self.tables[node]

    def _table(self, number: int) -> ValueTable:
        match self.graph.nodes[number]:
            case Number(language):
                self._afford(language.size)
                values = language.values(np.arange(language.size))
                return _table(
                    [_Ways(values, np.ones_like(values), np.arange(len(values)), np.zeros_like(values))], None
                )
            case Operation() as node:
                return self._operation(node)
            case Either() as node:
                return self._either(node)

    def _operation(self, node: Operation) -> ValueTable:
        left, right = self.tables[node.left], self.tables[node.right]
        if node.code == code.NEGATE:
            left = _ONE
        if len(left) * len(right) > MOST_PAIRS:
            raise self._too_large(f"one calculation meets {len(left) * len(right)} pairs of values")
        pieces: list[_Ways] = []
        found = 0
        for ways in self._pairs(node, left, right):
            pieces.append(ways)
            found += len(ways.first)
            self._afford(found)
        is_large = left.total * right.total >= SAFE
        return _table(pieces, lambda ways: _times(left.counts[ways.first], right.counts[ways.second], is_large))

    def _pairs(self, node: Operation, left: ValueTable, right: ValueTable) -> Iterator[_Ways]:
        """Calculate with every pair of values, some thousand at a time."""
        usable = np.flatnonzero(right.numerators) if node.code == code.DIVIDE else np.arange(len(right))
        rows = max(1, _CHUNK // max(1, len(usable)))
        for start in range(0, len(left), rows):
            chosen = np.arange(start, min(start + rows, len(left)))
            first, second = np.repeat(chosen, len(usable)), np.tile(usable, len(chosen))
            one = left.numerators[first], left.denominators[first]
            other = right.numerators[second], right.denominators[second]
            kept = np.ones(len(first), bool)
            if node.code == code.DIVIDE and self.rules.divides_evenly:
                kept = _is_even(one, other)
            codes, division = np.full(len(first), node.code, np.int8), self.rules.division
            results = calculate(codes, one, other, division, are_whole=division == "floor")
            if results.fits is not None and not results.fits[kept].all():
                raise self._too_large("values leave 64 bits")
            numerators, denominators = results.numerators, results.denominators
            if denominators is None:
                denominators = np.ones_like(numerators)
            if node.is_last:
                kept &= self.rules.keep(numerators, denominators)
            yield _Ways(numerators[kept], denominators[kept], first[kept], second[kept])

    def _either(self, node: Either) -> ValueTable:
        pieces = []
        for place, part in enumerate(node.parts):
            table = self.tables[part]
            rows = np.arange(len(table))
            if node.is_last:
                rows = np.flatnonzero(self.rules.keep(table.numerators, table.denominators))
            pieces.append(_Ways(table.numerators[rows], table.denominators[rows], np.full(len(rows), place), rows))
        self._afford(sum(len(piece.first) for piece in pieces))
        parts = [self.tables[part] for part in node.parts]
        is_large = sum(table.total for table in parts) >= SAFE
        counts = [_wide(table.counts, is_large)[piece.second] for table, piece in zip(parts, pieces, strict=True)]
        return _table(pieces, lambda ways: np.concatenate(counts))

    def _afford(self, more: int) -> None:
        if self.ways + more > MOST_WAYS:
            raise self._too_large(f"they need more than {MOST_WAYS} entries")

    def _too_large(self, what: str) -> DataError:
        return DataError(
            f"the tables of values are too large: {what}; choose a narrower range, fewer terms or brackets, "
            "the constraint integer-intermediates, or data.balance=none"
        )


@dataclass(frozen=True, eq=False)
class _Ways:
    """Ways in any order: their values, and what is `first` and `second` in a table."""

    numerators: Integers
    denominators: Integers
    first: NDArray[Any]
    second: NDArray[Any]


def _table(pieces: Sequence[_Ways], count: Callable[[_Ways], Counts] | None) -> ValueTable:
    """Sort ways by value and add up how many expressions they have."""
    columns = [
        np.concatenate([getattr(piece, name) for piece in pieces]) if pieces else np.empty(0, np.int64)
        for name in ("numerators", "denominators", "first", "second")
    ]
    ways = _Ways(*columns)
    counts = count(ways) if count is not None and pieces else np.ones(len(ways.first), np.int64)
    order = np.lexsort((ways.numerators, ways.denominators))
    numerators, denominators, counts = ways.numerators[order], ways.denominators[order], counts[order]
    fresh = np.ones(len(order), bool)
    fresh[1:] = (numerators[1:] != numerators[:-1]) | (denominators[1:] != denominators[:-1])
    places = np.flatnonzero(fresh)
    ends = np.cumsum(counts)
    starts = ends[places] - counts[places]
    totals = np.diff(np.concatenate([starts, ends[-1:]]))
    first, second = ways.first[order].astype(np.int32), ways.second[order].astype(np.int32)
    return ValueTable(numerators[places], denominators[places], totals, starts, first, second, ends)


def _wide(counts: Counts, is_large: bool) -> Counts:
    return counts.astype(object) if is_large else counts


def _times(left: Counts, right: Counts, is_large: bool) -> Counts:
    product: Counts = _wide(left, is_large) * _wide(right, is_large)
    return product


def _is_even(left: Column, right: Column) -> NDArray[np.bool_]:
    """Tell which pairs, all whole numbers, divide without a remainder."""
    even: NDArray[np.bool_] = left[0] % right[0] == 0
    return even


_ONE = _table([_Ways(*(np.ones(1, np.int64) for _ in range(2)), *(np.zeros(1, np.int64) for _ in range(2)))], None)
