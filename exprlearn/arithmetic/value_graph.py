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

from exprlearn.arithmetic.composition import Kind, Pattern, Step, read_pattern
from exprlearn.arithmetic.programs import NEGATE, NOTHING, compile_skeletons
from exprlearn.grammar.languages import Language
from exprlearn.sampling.choices import Choice, State
from exprlearn.sampling.counting import Chart
from exprlearn.sampling.descent import parents_first
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
        self._states: dict[tuple[Chart, State], tuple[int, Kind] | None] = {}
        self._patterns: dict[tuple[object, ...], Pattern | None] = {}

    def add(self, stratum: Stratum) -> int | None:
        """Return the node of all expressions of a stratum, or None when their values do not follow from parts."""
        by_rules = self.add_by_rules(stratum)
        return by_rules if by_rules is not None else self._by_skeletons(stratum)

    def add_by_rules(self, stratum: Stratum) -> int | None:
        """Return the node of a stratum with any number of skeletons, or None when its rules do not follow precedence.

        >>> from exprlearn.sampling import ExpressionSpace
        >>> (stratum,) = ExpressionSpace.from_file("mixed", terms=9, brackets=3).strata
        >>> graph = ValueGraph()
        >>> graph.skeletons[graph.add_by_rules(stratum)] == stratum.skeleton_count
        True
        """
        chart = stratum.chart
        for state in reversed(parents_first(chart, stratum.state)):
            if (chart, state) not in self._states:
                self._states[chart, state] = self._either(chart, state, is_last=False)
            if self._states[chart, state] is None:
                return None
        found = self._either(chart, stratum.state, is_last=True)
        return found and found[0]

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

    def _either(self, chart: Chart, state: State, *, is_last: bool) -> tuple[int, Kind] | None:
        """Join the choices of a state."""
        parts, kinds = [], Kind(0)
        for choice in chart.choices(state).choices:
            found = self._choice(chart, choice, is_last)
            if found is None:
                return None
            parts.append(found[0])
            kinds |= found[1]
        return self._put(Either(tuple(parts), is_last)), kinds

    def _choice(self, chart: Chart, choice: Choice, is_last: bool) -> tuple[int, Kind] | None:
        pattern = self._pattern(choice, chart.specification.literals)
        operands = [self._operand(chart, each) for each in _operands(choice)]
        if pattern is None or None in operands:
            return None
        known = [each for each in operands if each is not None]
        kinds = pattern.kinds([kind for _, kind in known])
        if kinds is None:
            return None
        return self._calculate(pattern.steps, [node for node, _ in known], pattern.result, is_last), kinds

    def _operand(self, chart: Chart, operand: int | State) -> tuple[int, Kind] | None:
        if isinstance(operand, tuple):
            return self._states[chart, operand]
        return self._put(Number(chart.specification.languages[operand])), Kind.ATOM

    def _pattern(self, choice: Choice, literals: tuple[str, ...]) -> Pattern | None:
        open_parts = choice.first is not None, choice.second is not None
        key = (choice.before, choice.between, choice.after, open_parts, literals)
        if key not in self._patterns:
            self._patterns[key] = read_pattern(choice, literals)
        return self._patterns[key]

    def _calculate(self, steps: Sequence[Step], operands: Sequence[int], result: int, is_last: bool) -> int:
        values = list(operands)
        for place, step in enumerate(steps, len(operands)):
            left, right = values[step.left], values[step.right]
            values.append(self._put(Operation(step.operation, left, right, is_last and place == result)))
        return values[result]

    def _by_skeletons(self, stratum: Stratum) -> int | None:
        """Read every skeleton as a calculation of its own."""
        if stratum.skeleton_count > READABLE:
            return None
        table = stratum.block(np.arange(0)).skeletons
        programs = compile_skeletons(table)
        if programs.by_text.any() or not programs.slots:
            return None
        numbers = [self._put(Number(language)) for language in stratum.slots]
        columns = zip(programs.operations.tolist(), programs.left.tolist(), programs.right.tolist(), strict=True)
        parts = []
        for row, codes in enumerate(columns):
            steps = [Step(*step) for step in zip(*codes, strict=True) if step[0] != NOTHING]
            operands = [numbers[column] for column in table.columns[row].tolist()]
            parts.append(self._calculate(steps, operands, int(programs.results[row]), is_last=True))
        return self._put(Either(tuple(parts), is_last=True))


def _parts(node: Node) -> tuple[int, ...]:
    return () if isinstance(node, Number) else node.parts


def _operands(choice: Choice) -> list[int | State]:
    """List the languages and states that a choice is made of, from left to right."""
    operands: list[int | State] = []
    for run, part in (choice.before, choice.first), (choice.between, choice.second), (choice.after, None):
        operands += [-1 - token for token in run if token < 0]
        operands += [part] if part is not None else []
    return operands
