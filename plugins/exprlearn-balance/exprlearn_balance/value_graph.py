"""All expressions of some strata as one graph of calculations: each node stands for every way to write a part.

A `Number` is filled by one text of a language, an `Operation` joins the parts below it in all combinations, an
`Either` holds what one of its parts holds. Equal nodes are one node. Nodes count their skeletons as the chart does: an
operation's left part is the more significant digit, an either's parts follow one another. So whatever is known of a
node's expressions (their values, how large these get) is computed once a node, bottom up, and never once an expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from exprlearn.arithmetic.composition import Known, fold_rules
from exprlearn.arithmetic.programs import NEGATE, compile_skeletons
from exprlearn.grammar.languages import Language
from exprlearn.sampling.stratum import Stratum

#: Skeletons of a stratum that are read one by one where the rules do not follow precedence.
READABLE = 1 << 14


@dataclass(frozen=True, slots=True)
class Number:
    """One text of a language."""

    language: Language


@dataclass(frozen=True, slots=True)
class Operation:
    """A calculation on the values of two other nodes, of which a sign only uses the right one.

    `is_last` marks what nothing is calculated from any more.
    """

    code: int
    left: int
    right: int
    is_last: bool = False

    @property
    def parts(self) -> tuple[int, ...]:
        """The nodes that it is calculated from, from left to right."""
        return (self.right,) if self.code == NEGATE else (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Either:
    """One of several nodes, in the order of their skeletons."""

    parts: tuple[int, ...]
    is_last: bool = False


Node = Number | Operation | Either


class ValueGraph:
    """Nodes by number, parts before what is made of them.

    Attributes:
        nodes: the nodes.
        skeletons: how many skeletons each node has.
        slots: how many numbers each node's expressions have.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.skeletons: list[int] = []
        self.slots: list[int] = []
        self._numbers: dict[Node, int] = {}
        self._known: Known[int] = {}

    def add(self, stratum: Stratum) -> int | None:
        """Return the node of all expressions of a stratum, or None when their values do not follow from parts.

        >>> from exprlearn.sampling import ExpressionSpace
        >>> (stratum,) = ExpressionSpace.from_file("mixed", terms=9, brackets=3).strata
        >>> graph = ValueGraph()
        >>> graph.skeletons[graph.add(stratum)] == stratum.skeleton_count
        True
        """
        by_rules = fold_rules(stratum.chart, stratum.state, self, self._known)
        return by_rules if by_rules is not None else self._by_skeletons(stratum)

    def number(self, language: Language) -> int:
        """Return the node of one text of a language."""
        return self._put(Number(language))

    def calculate(self, code: int, left: int, right: int, *, is_last: bool) -> int:
        """Return the node of an operation."""
        return self._put(Operation(code, left, right, is_last))

    def join(self, parts: Sequence[int], *, is_last: bool) -> int:
        """Return the node of several."""
        return self._put(Either(tuple(parts), is_last))

    def reached(self, roots: Iterable[int]) -> list[int]:
        """List the nodes that some are made of, and these, parts before what is made of them."""
        found: set[int] = set()
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting.extend(_parts(self.nodes[node]))
        return sorted(found)

    def _put(self, node: Node) -> int:
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
            counts = [self.skeletons[part] for part in _parts(node)]
            slots = [self.slots[part] for part in _parts(node)]
            self.skeletons.append(sum(counts) if isinstance(node, Either) else prod(counts))
            self.slots.append(1 if isinstance(node, Number) else slots[0] if isinstance(node, Either) else sum(slots))
        return number

    def _by_skeletons(self, stratum: Stratum) -> int | None:
        """Read every skeleton as a calculation of its own."""
        if stratum.skeleton_count > READABLE:
            return None
        table = stratum.block(np.arange(0)).skeletons
        programs = compile_skeletons(table)
        if programs.by_text.any() or not programs.slots:
            return None
        numbers = [self.number(language) for language in stratum.slots]
        parts = []
        for row, columns in enumerate(table.columns.tolist()):
            values = [numbers[column] for column in columns]
            result = int(programs.results[row])
            for index, (code, left, right) in enumerate(programs.steps(row), len(values)):
                values.append(self.calculate(code, values[left], values[right], is_last=index == result))
            parts.append(values[result])
        return self.join(parts, is_last=True)


def _parts(node: Node) -> tuple[int, ...]:
    return () if isinstance(node, Number) else node.parts
