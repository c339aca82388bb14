from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.grammar.shipped import shipped_names
from exprlearn.sampling.numbering.ranking import typed_tokens
from exprlearn.sampling.space import ExpressionSpace
from exprlearn.sampling.stratum import Stratum
from exprlearn.sampling.writing.block import skeleton_table
from exprlearn.sampling.writing.skeletons import Descent, enumerate_skeletons

SIGNED = """
?start: sum
?sum: product | sum "+" product | sum "−" product
?product: atom | product "×" atom
?atom: NUMBER | "-" atom | "(" sum ")"
NUMBER: /[1-9][0-9]?/
"""


def table_equals_one_by_one(stratum: Stratum) -> bool:
    table = skeleton_table(enumerate_skeletons(stratum.chart, stratum.state), stratum.literals, len(stratum.slots))
    for row in range(len(table)):
        expected = stratum.skeleton(row)
        written = [token for token in table.tokens[row].tolist() if token != -2]
        if (tuple(written), tuple(table.columns[row].tolist())) != (expected.tokens, expected.columns):
            return False
    return len(table) == stratum.skeleton_count


@pytest.mark.parametrize("name", shipped_names())
def test_tables_list_the_skeletons_of_shipped_grammars_in_rank_order(name: str) -> None:
    strata = [stratum for stratum in ExpressionSpace.from_file(name).strata if stratum.skeleton_count < 2_000]
    assert strata
    assert all(table_equals_one_by_one(stratum) for stratum in strata)


@pytest.mark.parametrize(
    "sizes",
    [
        {"terms": (1, 3), "brackets": (0, 1), "operators": (0, 4)},
        {"characters": (1, 6)},
        {"terms": (2, 3), "brackets": (0, 2), "operators": (0, 3), "depth": 1},
    ],
)
def test_skeletons_of_unequal_lengths_and_several_languages_are_listed_too(sizes: dict[str, int]) -> None:
    space = ExpressionSpace.from_text(SIGNED, **sizes)
    assert all(table_equals_one_by_one(stratum) for stratum in space.strata)


def test_shorter_skeletons_end_in_nothing() -> None:
    space = ExpressionSpace.from_text(SIGNED, terms=2, brackets=0, operators=(1, 3))
    stratum = max(space.strata, key=lambda each: each.skeleton_count)
    table = skeleton_table(enumerate_skeletons(stratum.chart, stratum.state), stratum.literals, len(stratum.slots))
    nothing = table.tokens == -2
    assert not (nothing[:, :-1] & ~nothing[:, 1:]).any()
    assert not nothing.all(axis=0).any()


def test_patterns_show_slots_as_number_signs() -> None:
    (stratum,) = ExpressionSpace.from_file("mixed", terms=3, brackets=1).strata
    table = skeleton_table(enumerate_skeletons(stratum.chart, stratum.state), stratum.literals, len(stratum.slots))
    patterns = [table.pattern(row) for row in range(len(table))]
    assert len(set(patterns)) == len(table)
    assert {"(#+#)/#", "#/(#*#)", "(#-#)-#"} <= set(patterns)


def test_slots_of_several_languages_are_numbered_by_language_first() -> None:
    space = ExpressionSpace.from_text(SIGNED, characters=(4, 4))
    stratum = next(each for each in space.strata if len({language.name for language in each.slots}) > 1)
    table = skeleton_table(enumerate_skeletons(stratum.chart, stratum.state), stratum.literals, len(stratum.slots))
    assert not table.columns_are_in_order
    columns = np.tile(np.arange(table.slots), (len(table), 1))
    assert np.array_equal(table.from_left_to_right(columns, np.arange(len(table))), table.columns)


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
