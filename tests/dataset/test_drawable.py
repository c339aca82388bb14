from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.dataset import Acceptance, Answering, acceptance, drawable
from exprlearn.dataset.acceptance import add_shares
from exprlearn.dataset.constraints import (
    AnswerLengthConstraint,
    AnswerLengthOptions,
    IntegerConstraint,
    ResultRangeConstraint,
    ResultRangeOptions,
)
from exprlearn.sampling import ExpressionSpace

LONG = 'start: NUMBER "+" NUMBER\nNUMBER: /0|[1-9][0-9]{0,9}/'
SHORT = AnswerLengthConstraint(AnswerLengthOptions(maximum=6))


def found(space: ExpressionSpace, *constraints: Any) -> Any:
    return drawable(space, Answering(ExactOnlyPolicy(), constraints))


def test_small_spaces_are_counted_exactly() -> None:
    space = ExpressionSpace.from_file("mixed", terms=2, brackets=0)
    counted = found(space, IntegerConstraint())
    answering = Answering(ExactOnlyPolicy(), [IntegerConstraint()])
    assert counted.said == "exact"
    assert counted.examples == counted.low == counted.high == sum(answering.answer(text) is not None for text in space)
    assert counted.notes == ()


def test_large_spaces_are_estimated_within_a_few_percent() -> None:
    space = ExpressionSpace.from_file("addition", ranges="0..1999")
    counted = found(space, ResultRangeConstraint(ResultRangeOptions(low=0, high=999)))
    truth = 1000 * 1001 // 2
    assert counted.said == "estimate"
    assert counted.expressions == 4 * 10**6
    assert abs(counted.examples - truth) < 0.1 * truth
    assert 0.9 * truth < counted.low < truth < counted.high < 1.1 * truth


def test_the_interval_of_an_estimate_holds_the_true_count_as_often_as_it_says() -> None:
    space = ExpressionSpace.from_file("mixed", terms=3, brackets="0..1")
    answering = Answering(ExactOnlyPolicy(), [AnswerLengthConstraint(AnswerLengthOptions(maximum=1))])
    truth = drawable(space, answering)
    held = [add_shares(acceptance(space, answering, seed=seed, tries=200, countable=0)) for seed in range(100)]
    assert truth.said == "exact"
    assert all(each.low <= each.examples <= each.high for each in held)
    assert 90 <= sum(each.low <= truth.examples <= each.high for each in held) < 100


def test_the_interval_of_a_space_without_end_is_written_in_its_digits() -> None:
    shares = [Acceptance(size=10**4000 * weight, tried=400, kept=100, rejected={}) for weight in (1, 3)]
    found = add_shares(shares)
    assert found.examples == 10**4000
    assert 0.85 < found.low / found.examples < 0.93
    assert str(add_shares([replace(each, size=10**20) for each in shares])) == ("about 5·10^19 (4.4·10^19–5.6·10^19)")


def test_what_can_be_drawn_of_numbers_of_ten_digits_is_told_with_what_is_lost() -> None:
    counted = found(ExpressionSpace.from_text(LONG, characters="3..21"), SHORT)
    pairs = sum(10**6 - left for left in range(10**6))
    assert counted.expressions == 10**20
    assert abs(counted.examples - pairs) < 0.05 * pairs
    sizes, lengths = counted.notes
    assert sizes.startswith("answer-length 6 takes away 8 of 19 sizes, terms=2 brackets=0 characters=14, ")
    assert sizes.endswith(" and 4 more: none is drawn")
    assert lengths == "no example has a number of more than 6 digits, though the grammar writes 10: answer-length 6"


def test_a_constraint_that_leaves_next_to_nothing_gives_a_bound() -> None:
    space = ExpressionSpace.from_text(LONG, terms=2)
    counted = found(space, SHORT)
    assert (counted.said, counted.low) == ("at most", 0)
    assert 5 * 10**11 < counted.examples < 10**17


def test_every_expression_is_counted_where_nothing_is_lost() -> None:
    space = ExpressionSpace.from_file("nested")
    assert (found(space).examples, found(space).notes) == (space.size, ())


@pytest.mark.parametrize("low", [0, 100])
def test_sizes_that_never_come_are_named_by_what_takes_them_away(low: int) -> None:
    space = ExpressionSpace.from_file("sums", terms="2..4", ranges="0..40")
    counted = found(space, ResultRangeConstraint(ResultRangeOptions(low=low, high=200)))
    lost = ("result-range 100..200 takes away 1 of 3 sizes, terms=2 brackets=0: none is drawn",)
    assert counted.notes == (lost if low else ())
