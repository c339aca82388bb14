from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exprlearn_balance.turns import ROUND, Turns


@given(
    weights=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    start=st.integers(0, 10**9),
    key=st.integers(0, 2**64 - 1),
)
def test_each_turn_of_a_stratum_comes_once_and_by_weight(weights: list[int], start: int, key: int) -> None:
    turns = Turns(range(len(weights)), [Fraction(weight) for weight in weights])
    rounds = np.arange(start * ROUND, (start + 3) * ROUND)
    places, before = turns.of(rounds, np.full(len(rounds), key, np.uint64))
    assert len({*zip(places.tolist(), before.tolist(), strict=True)}) == len(rounds)
    for place, weight in enumerate(weights):
        chosen = np.sort(before[places == place])
        assert (np.diff(chosen) == 1).all()
        assert abs(len(chosen) - 3 * ROUND * weight / sum(weights)) < len(weights)


def test_answers_have_their_turns_in_different_orders() -> None:
    turns = Turns([3, 8], [Fraction(1), Fraction(1)])
    orders = {
        tuple(turns.of(np.arange(ROUND), np.full(ROUND, key * 77_777_777_777, np.uint64))[0].tolist())
        for key in range(50)
    }
    assert len(orders) > 30


def test_a_turn_follows_from_its_number_and_the_answer_alone() -> None:
    turns = Turns([0, 1, 2], [Fraction(1), Fraction(2), Fraction(5)])
    times = np.array([5, 900, 64, 63, 10**12])
    keys = np.array([9, 8, 7, 6, 5], np.uint64)
    whole = turns.of(times, keys)
    for row in range(len(times)):
        alone = turns.of(times[row : row + 1], keys[row : row + 1])
        assert (whole[0][row], whole[1][row]) == (alone[0][0], alone[1][0])


def test_strata_come_in_proportion_for_each_answer() -> None:
    turns = Turns([0, 1], [Fraction(3, 4), Fraction(1, 4)])
    met = Counter(turns.of(np.arange(640), np.zeros(640, np.uint64))[0].tolist())
    assert met == {0: 480, 1: 160}
