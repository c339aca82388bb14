"""How large the values of a value graph can get, however many skeletons it has: interval arithmetic, node by node."""

from __future__ import annotations

import numpy as np

from exprlearn.arithmetic import programs as code
from exprlearn.arithmetic.bounds import Extent, Floats, calculate_ranges
from exprlearn.arithmetic.evaluation import Operation as Division
from exprlearn.arithmetic.value_graph import Either, Number, Operation, ValueGraph

_LOW, _HIGH, _DENOMINATOR, _REMAINDER_LOW, _REMAINDER_HIGH = range(5)


def graph_extent(graph: ValueGraph, root: int, division: Division = "exact") -> Extent:
    """Bound the values of all expressions of a node.

    >>> from exprlearn.sampling import ExpressionSpace
    >>> (stratum,) = ExpressionSpace.from_file("sums", terms=50).strata
    >>> graph = ValueGraph()
    >>> graph_extent(graph, graph.add(stratum)).high
    4950.0
    """
    ranges: dict[int, Floats] = {}
    for number in graph.reached([root]):
        match graph.nodes[number]:
            case Number(language):
                ranges[number] = np.array([language.lowest, language.highest, 1.0, 0.0, 0.0])
            case Operation() as node:
                ranges[number] = _operation(node, ranges, division)
            case Either() as node:
                ranges[number] = _either([ranges[part] for part in node.parts])
    low, high, denominator, remainder_low, remainder_high = ranges[root].tolist()
    return Extent(
        low=low,
        high=high,
        denominator=denominator,
        remainder_low=remainder_low,
        remainder_high=remainder_high,
    )


def largest_extent(terms: int, highest: int) -> Extent:
    """Bound the values of any expression, whatever its signs and brackets.

    One calculation multiplies, and adds at most one other product of the same size; so numerator and denominator of
    a value of n numbers up to m are at most 2**(n - 1) * m**n.

    >>> largest_extent(3, 9).high
    2916.0
    """
    bound = float("inf")
    if (2 * max(highest, 1)) ** terms < 1 << 1000:
        bound = float(2 ** (terms - 1) * max(highest, 1) ** terms)
    return Extent(low=-bound, high=bound, denominator=bound, remainder_low=-bound, remainder_high=bound)


def _operation(node: Operation, ranges: dict[int, Floats], division: Division) -> Floats:
    left, right = ranges[node.left][:3, None], ranges[node.right][:3, None]
    found = calculate_ranges(np.array([node.code], np.int8), left, right, division)[:, 0]
    # A remainder lies between zero and its divisor.
    low, high = (right[0, 0] + 1, right[1, 0] - 1) if node.code == code.DIVIDE else (0.0, 0.0)
    return np.array([*found, min(0.0, low), max(0.0, high)])


def _either(parts: list[Floats]) -> Floats:
    table = np.stack(parts)
    low, high = table.min(axis=0), table.max(axis=0)
    return np.array([low[_LOW], high[_HIGH], high[_DENOMINATOR], low[_REMAINDER_LOW], high[_REMAINDER_HIGH]])
