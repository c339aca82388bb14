"""The answers of a space, and exactly how many expressions of each stratum give each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.drawing.split import Answering, named
from exprlearn.errors import DataError, EvaluationError, ExpressionSyntaxError
from exprlearn.plugin import DividesEvenly, Division, JudgesValues
from exprlearn.sampling import Block, ExpressionSpace
from exprlearn.sampling.writing.block import fill_skeletons
from exprlearn_balance.value_descent import descend
from exprlearn_balance.value_graph import READABLE, ValueGraph
from exprlearn_balance.value_tables import Counts, ValueRules, ValueTable, ValueTables

Column = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Layer:
    """The expressions of one stratum by answer.

    Attributes:
        counts: [A], how many expressions give each answer.
        starts: [A], how many give one of the answers before.
        rows: int64 [m], rows of the table of values, answer by answer.
        ends: [m], how many expressions these rows have up to and including each.
    """

    counts: Counts
    starts: Counts
    rows: Column
    ends: Counts


class ResultTable:
    """Every answer, with the number of expressions that give it.

    Constraints on values (`integer`, `integer-intermediates`, `result-range`, `answer-length`) are kept by the counts
    themselves, and so are the division policy and divisions by zero; any other constraint is not.

    Args:
        space: all expressions.
        answering: the division policy and the constraints.
        places: the strata that count, by place in `space.strata`; None for all.

    Attributes:
        answers: '<U' [A], each answer once, ordered by value.

    Raises:
        DataError: the tables would be too large, the grammar's values cannot be told part by part, or the policy's
            answers do not follow from values alone.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> sums = ResultTable(ExpressionSpace.from_file("addition", ranges="0..9"), Answering(ExactOnlyPolicy()))
    >>> sums.counts["0"], sums.counts["9"], sums.counts["18"]
    (1, 10, 1)
    """

    def __init__(self, space: ExpressionSpace, answering: Answering, places: Sequence[int] | None = None) -> None:
        self.space, self.answering = space, answering
        self.places = tuple(range(len(space.strata)) if places is None else places)
        graph = ValueGraph()
        self._roots = {place: _root(graph, space, place) for place in self.places}
        self._tables = ValueTables(graph, list(self._roots.values()), value_rules(answering))
        tables = {place: self._tables[root] for place, root in self._roots.items()}
        written = _written(list(tables.values()), answering.division)
        numbers = {text: number for number, text in enumerate(dict.fromkeys(written.values()))}
        self.answers: NDArray[np.str_] = np.array(list(numbers), np.str_)
        self._layers = {
            place: _layer(table, [numbers.get(written.get(value, ""), -1) for value in _values(table)], len(numbers))
            for place, table in tables.items()
        }

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many expressions give each answer, in the order of the answers."""
        totals = [0] * len(self.answers)
        for layer in self._layers.values():
            totals = [total + count for total, count in zip(totals, layer.counts.tolist(), strict=True)]
        return dict(zip(self.answers.tolist(), totals, strict=True))

    def counts_at(self, place: int) -> Counts:
        """How many expressions of one stratum give each answer; [A], int64 or Python integers."""
        return self._layers[place].counts

    def draw(self, place: int, answers: Column, ranks: NDArray[Any]) -> Block:
        """Make expressions of one stratum with given answers.

        Args:
            place: of the stratum.
            answers: int64 [n], by number.
            ranks: [n], which of the expressions with that answer: below its count.
        """
        layer, root = self._layers[place], self._roots[place]
        targets = layer.starts[answers] + ranks
        found = np.searchsorted(layer.ends, targets, side="right")
        before = np.where(found > 0, layer.ends[np.maximum(found - 1, 0)], 0)
        chosen = descend(self._tables, root, layer.rows[found], targets - before)
        return fill_skeletons(self.space.strata[place], chosen.skeletons, chosen.fillers)


def value_rules(answering: Answering) -> ValueRules:
    """Say which values count; constraints that look at more than values are left to anyone who draws.

    >>> from exprlearn.arithmetic.divisions import FractionPolicy
    >>> from exprlearn.dataset.constraints import ResultRangeConstraint, ResultRangeOptions
    >>> within = ResultRangeConstraint(ResultRangeOptions(low=0, high=9))
    >>> value_rules(Answering(FractionPolicy(), [within])).keep(np.array([5, -5, 40]), np.array([2, 2, 1])).tolist()
    [True, False, False]
    """
    if answering.division.operation not in ("exact", "floor"):
        raise DataError(f"data.balance: values {answering.division.operation} are not counted: data.balance=none")
    rules = [each for each in (answering.division, *answering.constraints) if isinstance(each, JudgesValues)]

    def keep(numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        kept = np.ones(len(numerators), bool)
        for rule in rules:
            kept &= rule.keep_values(numerators, denominators)
        return kept

    return ValueRules(
        division=answering.division.operation,
        divides_evenly=any(isinstance(each, DividesEvenly) and each.divides_evenly for each in answering.constraints),
        keep=keep,
    )


def _root(graph: ValueGraph, space: ExpressionSpace, place: int) -> int:
    stratum = space.strata[place]
    root = graph.add(stratum)
    if root is None:
        raise DataError(
            f"{space.grammar.name} cannot be balanced by result at {stratum.sizes}: its rules do not follow precedence "
            f"and write {stratum.skeleton_count} patterns, more than the {READABLE} that are read one by one; "
            "give every operator a rule of its own, choose fewer terms, or data.balance=none"
        )
    return root


def _values(table: ValueTable) -> list[tuple[int, int]]:
    return list(zip(table.numerators.tolist(), table.denominators.tolist(), strict=True))


def _written(tables: Sequence[ValueTable], division: Division) -> dict[tuple[int, int], str]:
    """Write the answer of every value that has one, smaller values first."""
    written: dict[tuple[int, int], str] = {}
    every = {value for table in tables for value in _values(table)}
    for numerator, denominator in sorted(every, key=lambda value: (value[0] / value[1], value)):
        try:
            written[numerator, denominator] = division.answer(Fraction(numerator, denominator))
        # Such a policy reads the expression, and there is none here.
        except ExpressionSyntaxError as error:
            raise DataError(
                f"answers under {named(division)} do not follow from values alone, so they cannot be balanced: "
                "choose another division policy, or data.balance=none"
            ) from error
        except EvaluationError:
            continue
    return written


def _layer(table: ValueTable, answers: Sequence[int], count: int) -> _Layer:
    """Sort the rows of a table of values by answer."""
    numbers = np.array(answers, np.int64)
    rows = np.argsort(numbers, kind="stable")
    rows = rows[np.searchsorted(numbers[rows], 0) :]
    ends = np.cumsum(table.counts[rows])
    firsts = np.searchsorted(numbers[rows], np.arange(count + 1))
    edges = np.concatenate([np.zeros(1, ends.dtype), ends])[firsts]
    return _Layer(np.diff(edges), edges[:-1], rows, ends)
