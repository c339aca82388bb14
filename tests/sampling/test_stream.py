from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from exprlearn.errors import SizeError
from exprlearn.grammar.shipped import shipped_names
from exprlearn.sampling.space import ExpressionSpace
from exprlearn.sampling.stream import ROUND, Stream

SMALL = """
?start: sum
?sum: NUMBER | sum "+" NUMBER | sum "-" NUMBER
NUMBER: /[1-9]/
"""
NAMES = [*shipped_names(), "small", "weighted", "past 64 bits"]
FIRST = {
    (0, "train"): ["5", "7-3", "8-8-1+1", "4+2-3", "4-2-6", "5+8+2+6", "4-9+6-8", "4+8-4"],
    (1, "train"): ["4", "9+2", "5-3-8-2", "7+3", "9-2", "1+4-4+7", "1+5+2", "1+1"],
    (0, "test"): ["6-1", "6+2-5", "2+3+4-9", "4", "4-2-6-1", "4-1", "9", "8"],
}


@cache
def space_of(name: str) -> ExpressionSpace:
    if name == "small":
        return ExpressionSpace.from_text(SMALL, terms=(1, 4))
    if name == "weighted":
        return ExpressionSpace.from_file("mixed", terms=(2, 3), weights={"add": 3})
    if name == "past 64 bits":
        return ExpressionSpace.from_file("mixed", terms=(11, 12), brackets=1, ranges="1..999")
    return ExpressionSpace.from_file(name)


def z_score(counts: NDArray[np.int64]) -> float:
    """Compare counts with equal shares: chi-square in standard deviations."""
    expected = counts.sum() / counts.size
    squares = float(((counts - expected) ** 2 / expected).sum())
    return (squares - (counts.size - 1)) / float(np.sqrt(2 * (counts.size - 1)))


def sizes_met(stream: Stream, count: int) -> Counter[tuple[int, ...]]:
    met: Counter[tuple[int, ...]] = Counter()
    for _, block in stream.items(0, count).parts:
        met[tuple(block.stratum.sizes.values())] += len(block)
    return met


@pytest.mark.parametrize(("seed", "purpose"), FIRST)
def test_streams_are_frozen(seed: int, purpose: str) -> None:
    assert Stream(space_of("small"), seed, purpose).items(0, 8).expressions.tolist() == FIRST[seed, purpose]


@pytest.mark.parametrize("name", NAMES)
def test_items_of_blocks_equal_items_made_one_by_one(name: str) -> None:
    stream = Stream(space_of(name), seed=3)
    block = stream.items(ROUND - 10, ROUND + 10)
    assert block.expressions.tolist() == [stream[item] for item in range(ROUND - 10, ROUND + 10)]
    assert block.indices == [stream.index(item) for item in range(ROUND - 10, ROUND + 10)]
    assert [stream.space[index] for index in block.indices] == block.expressions.tolist()


@pytest.mark.parametrize("name", ["small", "mixed", "past 64 bits"])
def test_blocks_made_apart_equal_one_whole(name: str) -> None:
    whole = Stream(space_of(name), seed=3).items(0, 3 * ROUND).expressions.tolist()
    workers = [Stream(space_of(name), seed=3) for _ in range(3)]
    for size in (1_000, ROUND, 2_048):
        blocks = [workers[number % 3].block(number, size) for number in reversed(range(3 * ROUND // size))]
        apart = [text for block in reversed(blocks) for text in block.expressions.tolist()]
        assert apart == whole[: len(apart)]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**12), st.integers(1, 300), st.integers(0, 2**40))
def test_any_window_can_be_entered(start: int, count: int, seed: int) -> None:
    stream = Stream(space_of("nested"), seed)
    block = stream.items(start, start + count)
    assert len(block) == count
    assert block.expressions[-1] == stream[start + count - 1]


@pytest.mark.parametrize("name", ["small", "mixed"])
def test_no_expression_comes_twice_in_a_pass(name: str) -> None:
    stream = Stream(space_of(name), seed=9)
    for place, stratum in enumerate(space_of(name).strata):
        size = min(stratum.size, 20_000)
        for first in (0, stratum.size, 5 * stratum.size):
            block = stream.draw(place, np.arange(first, first + size))
            assert len(set(block.expressions.tolist())) == size


def test_any_window_shorter_than_the_smallest_stratum_has_no_repeats() -> None:
    stream = Stream(space_of("addition"), seed=2)
    for start in (0, 5_000, 900_000):
        expressions = stream.items(start, start + 100_000).expressions.tolist()
        assert len(set(expressions)) == 100_000


def test_a_stratum_that_runs_out_starts_again_in_another_order() -> None:
    stream = Stream(space_of("small"), seed=9)
    one, two = (stream.draw(0, np.arange(start, start + 9)).expressions.tolist() for start in (0, 9))
    assert sorted(one) == sorted(two) == list("123456789")
    assert one != two


def test_seeds_and_purposes_share_no_more_than_chance() -> None:
    space = space_of("addition")
    streams = [Stream(space, 42), Stream(space, 43), Stream(space, 42, "validation")]
    drawn = [{*stream.items(0, 20_000).indices} for stream in streams]
    expected = 20_000**2 / space.size
    for one, other in combinations(drawn, 2):
        assert abs(len(one & other) - expected) < 4 * np.sqrt(expected)


def test_strata_come_evenly_over_terms_then_over_brackets() -> None:
    met = sizes_met(Stream(space_of("mixed"), 1), 18 * ROUND)
    assert met == {(terms, brackets): 6 // (terms - 1) * ROUND for terms in (2, 3, 4) for brackets in range(terms - 1)}


def test_a_mix_can_name_terms() -> None:
    met = sizes_met(Stream(space_of("mixed"), 1, mix={2: 1, 4: 2}), 9 * ROUND)
    assert {terms for terms, _ in met} == {2, 4}
    assert sum(count for (terms, _), count in met.items() if terms == 4) == 6 * ROUND


def test_a_mix_can_name_strata() -> None:
    strata = space_of("mixed").strata
    met = sizes_met(Stream(space_of("mixed"), 1, mix=[number == 4 for number in range(len(strata))]), 5_000)
    assert met == {tuple(strata[4].sizes.values()): 5_000}
    with pytest.raises(SizeError, match="a mix of 2 weights for 6 strata"):
        Stream(space_of("mixed"), 1, mix=[1, 1])


def test_weights_of_alternatives_hold_within_a_size() -> None:
    expressions = Stream(space_of("weighted"), 1, mix={2: 1}).items(0, 60_000).expressions
    shares = [np.char.count(expressions, sign).sum() / 60_000 for sign in "+-*/"]
    assert np.allclose(shares, [3 / 6, 1 / 6, 1 / 6, 1 / 6], atol=0.003)


def test_items_before_the_first_are_refused() -> None:
    with pytest.raises(IndexError, match="numbered from 0, got -1"):
        Stream(space_of("small"), 1).items(-1, 5)


def test_no_items_are_an_empty_block() -> None:
    block = Stream(space_of("mixed"), 1).items(7, 7)
    assert (len(block), block.expressions.tolist(), block.indices) == (0, [], [])


def check_uniformity(count: int) -> None:
    space = ExpressionSpace.from_file("mixed", terms=5, brackets=1, ranges="1..99")
    block = Stream(space, 17).draw(0, np.arange(count))
    assert abs(z_score(np.bincount(block.rows, minlength=len(block.skeletons)))) < 4
    for slot in range(5):
        assert abs(z_score(np.bincount(block.fillers[:, slot], minlength=99))) < 4
    for one, other in combinations(range(5), 2):
        pairs = block.fillers[:, one] * 99 + block.fillers[:, other]
        assert abs(z_score(np.bincount(pairs, minlength=99 * 99))) < 4
    for slot in range(5):
        pairs = block.rows % 64 * 99 + block.fillers[:, slot]
        assert abs(z_score(np.bincount(pairs, minlength=64 * 99))) < 4


def test_skeletons_slots_and_pairs_come_equally_often() -> None:
    check_uniformity(200_000)


@pytest.mark.slow
def test_skeletons_slots_and_pairs_come_equally_often_in_two_million() -> None:
    check_uniformity(2_000_000)
