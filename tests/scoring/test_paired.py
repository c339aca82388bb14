from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.scoring.paired import Outcomes, bootstrap, form_differences, holm, mcnemar, outcomes, over_seeds

counts = st.builds(Outcomes, st.integers(0, 500), st.integers(0, 60), st.integers(0, 60), st.integers(1, 500))


def singly(counts: Outcomes) -> dict[tuple[int, int], int]:
    """Give every item a form of its own."""
    return {(1, -1): counts.first_only, (1, 1): counts.second_only, (1, 0): counts.both + counts.neither}


def answers(counts: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    """Write the outcomes out, item by item."""
    sizes = [counts.both, counts.first_only, counts.second_only, counts.neither]
    return np.repeat([1, 1, 0, 0], sizes), np.repeat([1, 0, 1, 0], sizes)


@given(counts)
def test_outcomes_count_what_they_were_written_out_from(found: Outcomes) -> None:
    first, second = answers(found)
    assert outcomes((first == 1).tolist(), (second == 1).tolist()) == found
    assert found.difference == pytest.approx(second.mean() - first.mean())


@given(counts)
def test_mcnemar_agrees_with_the_binomial_distribution_summed_up(found: Outcomes) -> None:
    from scipy.stats import binom

    differing = found.first_only + found.second_only
    tail = binom.cdf(min(found.first_only, found.second_only), differing, 0.5)
    assert mcnemar(singly(found)) == pytest.approx(min(1.0, 2 * tail))
    turned = singly(Outcomes(9, found.second_only, found.first_only, 9))
    assert mcnemar(turned) == pytest.approx(mcnemar(singly(found)))


def test_mcnemar_gives_the_published_value() -> None:
    # Agresti, Categorical Data Analysis: 86 against 150 that differ; the exact p is about 0.00004.
    assert mcnemar(singly(Outcomes(794, 150, 86, 570))) == pytest.approx(3.7e-5, rel=0.02)


@pytest.mark.parametrize("found", [Outcomes(700, 50, 90, 160), Outcomes(10, 3, 8, 19), Outcomes(1900, 2, 40, 58)])
def test_the_bootstrap_agrees_with_scipy(found: Outcomes) -> None:
    from scipy.stats import bootstrap as reference

    first, second = answers(found)
    theirs = reference(
        (first, second),
        lambda one, other, axis: other.mean(axis) - one.mean(axis),
        paired=True,
        vectorized=True,
        n_resamples=4000,
        method="percentile",
        rng=np.random.default_rng(1),
        batch=500,
    ).confidence_interval
    ours = bootstrap(singly(found))
    # Quantiles of a few thousand draws vary by a few hundredths of the interval's width.
    width = theirs.high - theirs.low
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.08 * width)


@given(counts)
def test_a_bootstrap_is_the_same_each_time_and_holds_its_value(found: Outcomes) -> None:
    interval = bootstrap(singly(found), resamples=500)
    assert interval == bootstrap(singly(found), resamples=500)
    assert interval.low - 0.01 <= interval.value <= interval.high + 0.01


@pytest.mark.long
def test_equal_models_are_told_apart_in_one_of_twenty_comparisons() -> None:
    draw = np.random.default_rng([6, 3, 0])
    significant = excluded = 0
    for _ in range(1000):
        hard = draw.random(1500)
        first, second = (draw.random(1500) < hard for _ in range(2))
        found = form_differences(first.tolist(), second.tolist(), range(1500))
        significant += mcnemar(found) < 0.05
        excluded += bootstrap(found, resamples=1000).is_clear
    assert 30 <= significant <= 70
    assert 30 <= excluded <= 70


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 4)), min_size=1, max_size=12))
def test_mcnemar_over_forms_counts_all_signs_of_their_differences(items: list[tuple[bool, bool, int]]) -> None:
    first, second, forms = (list(column) for column in zip(*items, strict=True))
    ahead = [sum(two - one for one, two, each in items if each == form) for form in range(5)]
    sums = [abs(np.dot(signs, ahead)) for signs in product((1, -1), repeat=5)]
    expected = sum(each >= abs(sum(ahead)) for each in sums) / len(sums)
    assert mcnemar(form_differences(first, second, forms)) == pytest.approx(expected)


def test_the_bootstrap_over_forms_agrees_with_drawing_forms_anew() -> None:
    draw = np.random.default_rng([6, 5, 0])
    forms = np.repeat(np.arange(150), draw.integers(1, 4, 150))
    first, second = (draw.random(150)[forms] < share for share in (0.7, 0.8))
    ahead = np.bincount(forms, second.astype(int) - first.astype(int))
    picked = draw.integers(0, 150, (4000, 150))
    drawn = ahead[picked].sum(axis=1) / np.bincount(forms)[picked].sum(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    ours = bootstrap(form_differences(first.tolist(), second.tolist(), forms.tolist()))
    assert ours.value == pytest.approx(second.mean() - first.mean())
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=0.08 * (high - low))


def test_a_better_model_is_told_apart() -> None:
    draw = np.random.default_rng([6, 4, 0])
    first, second = draw.random(2000) < 0.80, draw.random(2000) < 0.90
    found = form_differences(first.tolist(), second.tolist(), range(2000))
    assert mcnemar(found) < 1e-6
    assert bootstrap(found).low > 0


@given(st.lists(st.floats(-1, 1).map(lambda value: round(value, 3)), min_size=2, max_size=8))
def test_the_interval_over_seeds_is_student_t(differences: list[float]) -> None:
    from scipy.stats import t

    found = over_seeds(differences)
    reach = t.ppf(0.975, len(differences) - 1) * np.std(differences, ddof=1) / len(differences) ** 0.5
    assert found.value == pytest.approx(np.mean(differences))
    assert (found.low, found.high) == pytest.approx((found.value - reach, found.value + reach), abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_adjusted_p_values_keep_their_order_and_never_fall(values: list[float]) -> None:
    adjusted = holm(values)
    assert all(one >= other for one, other in zip(adjusted, values, strict=True))
    assert sorted(range(len(values)), key=lambda place: (values[place], place)) == sorted(
        range(len(values)), key=lambda place: (adjusted[place], values[place], place)
    )
    assert max(adjusted) <= 1
