"""One item, three ways: written alone, in a block from a table of skeletons, and in a block without any table."""

from __future__ import annotations

import numpy as np
import pytest

from exprlearn.grammar.shipped import shipped_names
from exprlearn.sampling import ExpressionSpace, Stream
from exprlearn.sampling.writing import block

SIGNED = """
?start: sum
?sum: product | sum "+" product | sum "-" product
?product: atom | product "*" atom | product "/" DIVISOR
?atom: NUMBER | "-" atom | "(" sum ")"
NUMBER: /0|[1-9][0-9]?/
DIVISOR: /[1-9]/
"""


def space_of(name: str) -> ExpressionSpace:
    if name == "signed":
        return ExpressionSpace.from_text(SIGNED, terms=(1, 4), brackets=(0, 1), operators=(0, 4))
    if name == "characters":
        return ExpressionSpace.from_text(SIGNED, characters=(1, 7))
    if name == "weighted":
        return ExpressionSpace.from_file("mixed", weights={"add": 3, "div": "1/2"})
    return ExpressionSpace.from_file(name)


@pytest.mark.long
@pytest.mark.parametrize("name", [*shipped_names(), "signed", "characters", "weighted"])
def test_scalar_block_and_table_free_paths_agree_item_by_item(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_tables, without = (Stream(space_of(name), seed=23) for _ in range(2))
    start, stop = 10_000, 10_400
    tables = with_tables.items(start, stop)
    monkeypatch.setattr(block, "TABLE_ROWS", 0)
    free = without.items(start, stop)
    assert free.indices == tables.indices == [with_tables.index(item) for item in range(start, stop)]
    assert free.expressions.tolist() == tables.expressions.tolist()
    assert tables.expressions.tolist() == [with_tables[item] for item in range(start, stop)]
    for (order, one), (same_order, other) in zip(tables.parts, free.parts, strict=True):
        assert len(other.skeletons) == len(other)
        assert np.array_equal(order, same_order)
        assert np.array_equal(one.numbers, other.numbers)
        patterns = [each.skeletons.pattern(row) for each in (one, other) for row in each.rows.tolist()]
        assert patterns[: len(one)] == patterns[len(one) :]


@pytest.mark.parametrize("name", shipped_names())
def test_ranks_find_the_items_of_a_stream_again(name: str) -> None:
    stream = Stream(space_of(name), seed=5)
    made = stream.items(0, 60)
    assert [stream.space.rank(expression) for expression in made.expressions.tolist()] == made.indices
