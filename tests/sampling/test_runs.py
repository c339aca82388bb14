from __future__ import annotations

from itertools import takewhile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.grammar.shipped import shipped_names
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.runs import Runs, runs_of
from exprlearn.sampling.skeletons import NOTHING, SLOT, SkeletonTable


def spelt(found: Runs, row: int) -> list[int]:
    """Write a skeleton as its runs with slots between them."""
    runs = [found.runs[number] for number in found.numbers[:, row].tolist()]
    return [token for run in runs for token in (*run, SLOT)][:-1]


def tokens_of(table: SkeletonTable, row: int) -> list[int]:
    return list(takewhile(lambda token: token != NOTHING, table.tokens[row].tolist()))


@st.composite
def tables(draw: st.DrawFn) -> SkeletonTable:
    slots, literals = draw(st.integers(0, 4)), draw(st.integers(1, 40))
    run = st.lists(st.integers(0, literals - 1), max_size=4)
    gaps = draw(st.lists(st.lists(run, min_size=slots + 1, max_size=slots + 1), min_size=1, max_size=6))
    rows = [[token for tokens in each for token in (*tokens, SLOT)][:-1] for each in gaps]
    longest = max(map(len, rows))
    tokens = np.array([[*row, *[NOTHING] * (longest - len(row))] for row in rows], np.int16).reshape(len(rows), -1)
    columns = np.tile(np.arange(slots, dtype=np.int16), (len(rows), 1))
    return SkeletonTable(tokens, columns, tuple(map(str, range(literals))))


@settings(deadline=None)
@given(tables())
def test_runs_and_slots_spell_the_skeleton(table: SkeletonTable) -> None:
    found = runs_of(table)
    assert found is not None
    assert [spelt(found, row) for row in range(len(table))] == [tokens_of(table, row) for row in range(len(table))]
    assert len(set(found.runs)) == len(found.runs)


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_grammars_have_few_runs(name: str) -> None:
    for stratum in ExpressionSpace.from_file(name).strata:
        table = stratum.block([0]).skeletons
        found = runs_of(table)
        assert found is not None
        assert len(found.runs) < 100
        assert spelt(found, len(table) - 1) == tokens_of(table, len(table) - 1)


def test_runs_too_long_for_a_machine_word_are_left_alone() -> None:
    tokens = np.zeros((1, 63), np.int16)
    assert runs_of(SkeletonTable(tokens, np.zeros((1, 0), np.int16), ("-",))) is None
    assert runs_of(SkeletonTable(tokens[:, :62], np.zeros((1, 0), np.int16), ("-",))) is not None
