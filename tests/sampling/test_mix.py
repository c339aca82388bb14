from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.errors import SizeError
from exprlearn.sampling.stream import apportion, terms_mix, uniform_mix, water_fill, whole_weights

WEIGHTS = st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any)
VECTORS = [{"terms": 2, "brackets": 0}] + [{"terms": 3, "brackets": number} for number in range(3)]


def test_a_uniform_mix_is_even_over_terms_then_over_brackets() -> None:
    assert uniform_mix(VECTORS, [81, 9, 9, 5]) == (Fraction(1, 2), Fraction(1, 6), Fraction(1, 6), Fraction(1, 6))


def test_a_stratum_without_expressions_weighs_nothing() -> None:
    assert uniform_mix(VECTORS, [0, 5, 0, 5]) == (0, Fraction(1, 2), 0, Fraction(1, 2))


def test_strata_with_equal_sizes_share_by_mass() -> None:
    assert uniform_mix([*VECTORS[:2], VECTORS[1]], [7, 1, Fraction(3)]) == (
        Fraction(1, 2),
        Fraction(1, 8),
        Fraction(3, 8),
    )


def test_terms_are_weighed_as_asked() -> None:
    even = uniform_mix(VECTORS, [1, 1, 1, 1])
    assert whole_weights(terms_mix(VECTORS, even, {2: 1, 3: Fraction(3, 2)})) == (2, 1, 1, 1)
    assert whole_weights(terms_mix(VECTORS, even, {3: 1})) == (0, 1, 1, 1)


def test_terms_that_the_space_does_not_have_are_refused_with_those_it_has() -> None:
    with pytest.raises(SizeError, match="asks for 7 terms, but the space has 2, 3"):
        terms_mix(VECTORS, uniform_mix(VECTORS, [1, 1, 1, 1]), {2: 1, 7: 1})


@pytest.mark.parametrize("mix", [[], [0, 0], [1, -1]])
def test_weights_that_mean_nothing_are_refused(mix: list[int]) -> None:
    with pytest.raises(SizeError, match="a mix needs weights of zero or more"):
        whole_weights(mix)


@given(WEIGHTS, st.integers(0, 10**6))
def test_a_stream_of_any_length_is_shared_out_whole_and_never_taken_back(weights: list[int], total: int) -> None:
    counts, more = apportion(weights, total), apportion(weights, total + 1)
    assert sum(counts) == total
    assert sum(more) == total + 1
    assert all(later >= sooner for sooner, later in zip(counts, more, strict=True))


@given(WEIGHTS, st.integers(0, 10**12))
def test_shares_stay_within_one_item_per_stratum_of_the_weights(weights: list[int], total: int) -> None:
    for count, weight in zip(apportion(weights, total), weights, strict=True):
        assert abs(count - Fraction(total * weight, sum(weights))) <= len(weights)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 9)), min_size=1, max_size=8), st.data())
def test_a_dataset_without_repeats_is_filled_whole_and_grows(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    sizes, mix = [size for size, _ in pairs], [weight for _, weight in pairs]
    available = sum(size for size, weight in pairs if weight)
    if not available:
        return
    total = data.draw(st.integers(0, available - 1))
    counts, more = water_fill(sizes, mix, total), water_fill(sizes, mix, total + 1)
    assert sum(counts) == total
    assert all(count <= (size if weight else 0) for count, size, weight in zip(counts, sizes, mix, strict=True))
    assert all(later >= sooner for sooner, later in zip(counts, more, strict=True))


@given(st.lists(st.tuples(st.integers(1, 300), st.integers(1, 9)), min_size=1, max_size=8), st.data())
def test_strata_that_are_not_exhausted_follow_the_mix(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    sizes, mix = [size for size, _ in pairs], [weight for _, weight in pairs]
    counts = water_fill(sizes, mix, data.draw(st.integers(0, sum(sizes))))
    levels = [Fraction(count, weight) for count, size, weight in zip(counts, sizes, mix, strict=True) if count < size]
    due = [Fraction(count + 1, weight) for count, size, weight in zip(counts, sizes, mix, strict=True) if count < size]
    taken = [Fraction(count, weight) for count, weight in zip(counts, mix, strict=True) if count]
    # Nobody was served later than the next item of anybody else is due.
    assert not levels or not taken or max(taken) <= min(due)


def test_a_small_stratum_gives_all_it_has_and_the_rest_is_shared() -> None:
    assert water_fill([81, 10**30, 10**30], [1, 1, 1], 10**6) == (81, 499_960, 499_959)


def test_more_than_there_is_is_refused_with_the_most_that_there_is() -> None:
    with pytest.raises(SizeError, match="ask for at most 90"):
        water_fill([81, 9, 5], [1, 1, 0], 91)
