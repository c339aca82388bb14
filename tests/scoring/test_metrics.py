from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.errors import DataError
from exprlearn.scoring import digit_accuracy, exact_match, length_error, root_mean_square_error
from exprlearn.scoring.metrics import count_right, number

texts = st.text("-0123456789/. ", max_size=8)
whole = st.integers(-(10**6), 10**6).map(str)
pairs = st.lists(st.tuples(texts, texts), min_size=1, max_size=20)
whole_pairs = st.lists(st.tuples(whole, whole), min_size=1, max_size=20)
METRICS = (exact_match, digit_accuracy, length_error)


def columns(items: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [answer for answer, _ in items], [truth for _, truth in items]


@given(pairs)
def test_every_share_lies_between_zero_and_one(items: list[tuple[str, str]]) -> None:
    answers, truths = columns(items)
    assert all(0 <= metric(answers, truths) <= 1 for metric in METRICS)


@given(pairs, st.integers(0, 2**32))
def test_the_order_of_the_items_changes_nothing(items: list[tuple[str, str]], seed: int) -> None:
    shuffled = random.Random(seed).sample(items, len(items))
    assert all(metric(*columns(items)) == metric(*columns(shuffled)) for metric in METRICS)


@given(pairs)
def test_every_item_twice_changes_nothing(items: list[tuple[str, str]]) -> None:
    assert all(metric(*columns(items)) == metric(*columns(items * 2)) for metric in METRICS)


@given(pairs)
def test_digit_accuracy_is_symmetric_in_answers_and_truths(items: list[tuple[str, str]]) -> None:
    answers, truths = columns(items)
    assert digit_accuracy(answers, truths) == digit_accuracy(truths, answers)


@given(st.lists(texts.filter(bool), min_size=1))
def test_the_truth_scores_all_and_blank_scores_nothing(truths: list[str]) -> None:
    blank = [""] * len(truths)
    assert (exact_match(truths, truths), digit_accuracy(truths, truths), length_error(truths, truths)) == (1, 1, 0)
    assert (exact_match(blank, truths), digit_accuracy(blank, truths), length_error(blank, truths)) == (0, 0, 1)


@given(pairs)
def test_exact_match_is_all_exactly_when_the_digits_are_all_right(items: list[tuple[str, str]]) -> None:
    answers, truths = columns(items)
    assert (exact_match(answers, truths) == 1) == (digit_accuracy(answers, truths) == 1)


@given(texts.filter(bool))
def test_a_surplus_or_missing_character_is_never_free(truth: str) -> None:
    assert digit_accuracy(["9" + truth], [truth]) < 1
    assert digit_accuracy([truth[1:]], [truth]) < 1


def test_digits_are_compared_units_over_units() -> None:
    assert digit_accuracy(["55"], ["155"]) == 2 / 3
    assert digit_accuracy(["15"], ["155"]) == 1 / 3


def test_an_equal_value_written_otherwise_is_no_exact_match() -> None:
    assert exact_match(["46.0", "046", " 46", "92/2"], ["46"] * 4) == 0


@given(whole_pairs)
def test_rmse_is_zero_exactly_when_every_value_is_right(items: list[tuple[str, str]]) -> None:
    answers, truths = columns(items)
    assert (root_mean_square_error(answers, truths) == 0) == (count_right(answers, truths) == len(items))


@given(whole_pairs)
def test_rmse_agrees_with_numpy(items: list[tuple[str, str]]) -> None:
    import numpy as np

    answers, truths = (np.array(column, dtype=float) for column in columns(items))
    assert root_mean_square_error(*columns(items)) == pytest.approx(float(np.sqrt(np.mean((answers - truths) ** 2))))


def test_rmse_takes_an_unreadable_answer_for_zero_and_gives_up_on_an_unreadable_truth() -> None:
    assert root_mean_square_error(["--3", ""], ["3", "4"]) == root_mean_square_error(["0", "0"], ["3", "4"])
    assert root_mean_square_error(["7"], ["7 r 2"]) is None


def test_rmse_survives_answers_of_any_length() -> None:
    assert root_mean_square_error(["9" * 100_000], ["5"]) == 5
    assert root_mean_square_error(["9" * 300], ["5"]) == pytest.approx(1e300)


@pytest.mark.parametrize("text", ["٣", "1_000", "1e5", "nan", "inf", "1/0", "1/00", " 1", "1 ", "", "-", "1.", ".5"])
def test_only_plain_numbers_are_numbers(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize("metric", [*METRICS, root_mean_square_error])
def test_scoring_nothing_is_refused(metric: object) -> None:
    assert callable(metric)
    with pytest.raises(DataError, match="nothing to score"):
        metric([], [])


@pytest.mark.parametrize("metric", METRICS)
def test_columns_of_different_lengths_are_refused(metric: object) -> None:
    assert callable(metric)
    with pytest.raises(ValueError, match="zip"):
        metric(["1"], ["1", "2"])
