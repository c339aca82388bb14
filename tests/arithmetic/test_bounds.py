from __future__ import annotations

import numpy as np
import pytest

from exprlearn.arithmetic import Operation, block_values, compile_skeletons
from exprlearn.arithmetic.bounds import largest_extent, rules_extent, value_extent
from exprlearn.grammar.shipped import shipped_names
from exprlearn.sampling import ExpressionSpace

#: Expressions of a stratum that are evaluated.
MOST = 20_000


@pytest.mark.parametrize("operation", ["exact", "floor"])
# Nothing bounds the values of decimals, which are computed one by one.
@pytest.mark.parametrize("name", [name for name in shipped_names() if name != "decimals"])
def test_no_value_lies_outside_of_the_bounds(name: str, operation: Operation) -> None:
    space = ExpressionSpace.from_file(name, ranges="0..9" if name == "flat" else None)
    for stratum in space.strata:
        block = stratum.block(np.unique(np.linspace(0, stratum.size - 1, MOST).astype(np.int64)))
        values = block_values(block, compile_skeletons(block.skeletons), operation)
        quotients = values.numerators / values.denominators
        highest = max(language.highest for language in stratum.slots)
        for extent in (rules_extent(stratum, operation), largest_extent(len(stratum.slots), highest)):
            assert extent is not None
            assert extent.low <= quotients.min()
            assert quotients.max() <= extent.high
            assert values.denominators.max() <= extent.denominator


def test_bounds_of_plain_rules_are_those_of_their_skeletons() -> None:
    for stratum in ExpressionSpace.from_file("flat").strata:
        table = stratum.block([]).skeletons
        lowest, highest = (np.full(table.columns.shape, edge, np.float64) for edge in (0, 999))
        assert rules_extent(stratum) == value_extent(compile_skeletons(table), lowest, highest)


def test_a_thousand_terms_are_bounded_and_what_nothing_bounds_is_infinite() -> None:
    (stratum,) = ExpressionSpace.from_file("sums", terms=1000).strata
    extent = rules_extent(stratum)
    assert extent is not None
    assert extent.high == 99_000
    assert largest_extent(1000, 99).high == float("inf")
