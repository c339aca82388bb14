from __future__ import annotations

import numpy as np
import pytest

from exprlearn.arithmetic import Operation, compile_skeletons
from exprlearn.arithmetic.bounds import value_extent
from exprlearn.arithmetic.value_bounds import graph_extent, largest_extent
from exprlearn.arithmetic.value_graph import ValueGraph
from exprlearn.arithmetic.value_tables import ValueRules, ValueTables
from exprlearn.grammar.shipped import shipped_names
from exprlearn.sampling import ExpressionSpace


@pytest.mark.parametrize("operation", ["exact", "floor"])
@pytest.mark.parametrize("name", shipped_names())
def test_no_value_lies_outside_of_the_bounds(name: str, operation: Operation) -> None:
    space = ExpressionSpace.from_file(name, ranges="0..9" if name == "flat" else None)
    for stratum in space.strata:
        graph = ValueGraph()
        root = graph.add_by_rules(stratum)
        assert root is not None
        table = ValueTables(graph, [root], ValueRules(division=operation))[root]
        highest = max(language.highest for language in stratum.slots)
        for extent in (graph_extent(graph, root, operation), largest_extent(len(stratum.slots), highest)):
            assert extent.low <= (table.numerators / table.denominators).min()
            assert (table.numerators / table.denominators).max() <= extent.high
            assert table.denominators.max() <= extent.denominator


def test_bounds_of_plain_rules_are_those_of_their_skeletons() -> None:
    for stratum in ExpressionSpace.from_file("flat").strata:
        graph = ValueGraph()
        root = graph.add_by_rules(stratum)
        assert root is not None
        table = stratum.block([]).skeletons
        lowest, highest = (np.full(table.columns.shape, edge, np.float64) for edge in (0, 999))
        assert graph_extent(graph, root) == value_extent(compile_skeletons(table), lowest, highest)


def test_a_thousand_terms_are_bounded_and_what_nothing_bounds_is_infinite() -> None:
    (stratum,) = ExpressionSpace.from_file("sums", terms=1000).strata
    graph = ValueGraph()
    root = graph.add_by_rules(stratum)
    assert root is not None
    assert graph_extent(graph, root).high == 99_000
    assert largest_extent(1000, 99).high == float("inf")
