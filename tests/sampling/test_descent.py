from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.grammar.shipped import shipped_names
from exprlearn.sampling.descent import Descent
from exprlearn.sampling.skeletons import enumerate_skeletons, skeleton_table
from exprlearn.sampling.space import ExpressionSpace
from exprlearn.sampling.stratum import Stratum
from exprlearn.sampling.unranking import typed_tokens

SIGNED = """
?start: sum
?sum: product | sum "+" product
?product: atom | product "*" atom
?atom: NUMBER | "-" atom | "(" sum ")"
NUMBER: /[1-9][0-9]?/
"""


@pytest.mark.parametrize("name", shipped_names())
def test_skeletons_are_found_without_the_table(name: str) -> None:
    for stratum in ExpressionSpace.from_file(name).strata:
        typed = enumerate_skeletons(stratum.chart, stratum.state)
        numbers = np.random.default_rng(5).integers(0, stratum.skeleton_count, 500)
        assert np.array_equal(Descent(stratum.chart, stratum.state).typed(numbers), typed[numbers])


def test_skeletons_of_unequal_lengths_are_found_without_the_table() -> None:
    space = ExpressionSpace.from_text(SIGNED, terms=(1, 4), brackets=(0, 2), operators=(0, 5))
    for stratum in space.strata:
        typed = enumerate_skeletons(stratum.chart, stratum.state)
        numbers = np.arange(len(typed))
        assert np.array_equal(Descent(stratum.chart, stratum.state).typed(numbers), typed)


@cache
def huge_stratum() -> Stratum:
    (stratum,) = ExpressionSpace.from_file("mixed", terms=16, brackets=3).strata
    return stratum


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_numbers_of_a_huge_stratum_are_found_as_one_by_one(data: st.DataObject) -> None:
    stratum = huge_stratum()
    numbers = data.draw(st.lists(st.integers(0, stratum.skeleton_count - 1), min_size=1, max_size=20))
    found = Descent(stratum.chart, stratum.state).typed(np.array(numbers))
    assert found.tolist() == [typed_tokens(stratum.chart, stratum.state, number) for number in numbers]


def test_more_skeletons_than_64_bits_count_are_found() -> None:
    (stratum,) = ExpressionSpace.from_file("flat", terms=60).strata
    assert stratum.skeleton_count == 3**59
    numbers = [0, 3**59 - 1, 10**28]
    table = skeleton_table(
        Descent(stratum.chart, stratum.state).typed(np.array(numbers, object)), stratum.literals, len(stratum.slots)
    )
    assert [tuple(row) for row in table.tokens.tolist()] == [stratum.skeleton(number).tokens for number in numbers]


def test_no_numbers_give_no_skeletons() -> None:
    (stratum,) = ExpressionSpace.from_file("mixed", terms=4, brackets=1).strata
    assert len(Descent(stratum.chart, stratum.state).typed(np.array([], np.int64))) == 0
