from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.dataset import Answering
from exprlearn.dataset.drawing.split import split_of
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.ordering.hashing import mix_array
from exprlearn_balance.results import ResultTable
from exprlearn_balance.stream import BalancedResults
from exprlearn_balance.walks import Walks

SPACE = ExpressionSpace.from_file("sums", terms=3, ranges="0..19")


def results_listing(most: int, monkeypatch: pytest.MonkeyPatch | None = None) -> BalancedResults:
    if monkeypatch is not None:
        monkeypatch.setattr("exprlearn_balance.cells.LISTED", most)
    results = BalancedResults(ResultTable(SPACE, Answering(ExactOnlyPolicy())))
    assert results.listed
    return results


ALL_LISTED = results_listing(1 << 20)


def walk(results: BalancedResults, number: int, count: int) -> Walks:
    keys = mix_array(np.arange(len(results.table.answers), dtype=np.uint64))
    return Walks(results, 0, "train", keys, number, count)


def rest_of(results: BalancedResults, walks: Walks, answer: int) -> list[str]:
    ranks, found = walks.next(np.full(1000, answer))
    assert not walks.is_open[answer]
    assert found.tolist() == sorted(found.tolist(), reverse=True)
    drawn = ranks[found].astype(np.int64)
    return results.table.draw(0, np.full(len(drawn), answer), drawn).expressions.tolist()


@pytest.mark.parametrize("listed", [0, 2000, 1 << 20])
def test_walks_beside_each_other_meet_every_training_example_once(listed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    results = results_listing(listed, monkeypatch)
    answers = results.table.answers.tolist()
    for answer in (0, 5, 28, len(answers) - 1):
        met = [text for number in range(3) for text in rest_of(results, walk(results, number, 3), answer)]
        there = [text for text in SPACE if sum(map(int, text.split("+"))) == int(answers[answer])]
        assert sorted(met) == sorted(text for text in there if split_of(text) == "train")


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_a_walk_goes_on_where_it_stopped(cuts: list[int]) -> None:
    one, other = walk(ALL_LISTED, 0, 2), walk(ALL_LISTED, 0, 2)
    pieces = [one.next(np.full(cut, 28))[0] for cut in cuts]
    assert np.concatenate(pieces).tolist() == other.next(np.full(sum(cuts), 28))[0].tolist()


def test_several_answers_are_walked_through_at_once() -> None:
    together, apart = walk(ALL_LISTED, 0, 1), walk(ALL_LISTED, 0, 1)
    answers = np.repeat([3, 20, 30], [2, 7, 40])
    ranks, found = together.next(answers)
    assert found.all() == (found.sum() == len(answers))
    assert ranks.tolist() == [rank for answer in (3, 20, 30) for rank in apart.next(answers[answers == answer])[0]]
