"""How many expressions give each answer, against every expression answered one by one."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from exprlearn.arithmetic.divisions import (
    DecimalOptions,
    DecimalPolicy,
    ExactOnlyPolicy,
    FloorPolicy,
    FloorRemainderPolicy,
    FractionPolicy,
)
from exprlearn.dataset import Answering
from exprlearn.dataset.constraints import (
    AnswerLengthConstraint,
    AnswerLengthOptions,
    IntegerConstraint,
    IntegerIntermediatesConstraint,
    ResultRangeConstraint,
    ResultRangeOptions,
)
from exprlearn.errors import DataError
from exprlearn.plugin import Constraint, Division
from exprlearn.sampling import ExpressionSpace
from exprlearn_balance.results import ResultTable, value_rules

SPACES = {
    "mixed": ExpressionSpace.from_file("mixed", terms=(2, 3), brackets=(0, 1), ranges="1..6"),
    "nested": ExpressionSpace.from_file("nested", terms=(2, 4), ranges="0..2"),
    "repeated": ExpressionSpace.from_text("start: N (OP N)~1..2\nOP: /[-+*\\/]/\nN: /[0-9]/"),
}
POLICIES: list[Division] = [
    ExactOnlyPolicy(),
    FractionPolicy(),
    FloorPolicy(),
    DecimalPolicy(DecimalOptions(digits=1)),
]
RULES: dict[str, list[Constraint]] = {
    "none": [],
    "whole in a range": [IntegerConstraint(), ResultRangeConstraint(ResultRangeOptions(low=-3, high=20))],
    "short": [AnswerLengthConstraint(AnswerLengthOptions(maximum=2))],
    "whole on the way": [IntegerIntermediatesConstraint()],
}


def brute_force(space: ExpressionSpace, answering: Answering) -> dict[str, int]:
    answers = (answering.answer(expression) for expression in space)
    return dict(Counter(answer for answer in answers if answer is not None))


@pytest.mark.parametrize("constraints", RULES.values(), ids=RULES)
@pytest.mark.parametrize("division", POLICIES, ids=str)
@pytest.mark.parametrize("name", SPACES)
def test_counts_of_every_answer_equal_brute_force(name: str, division: Division, constraints: list[Constraint]) -> None:
    answering = Answering(division, constraints)
    assert dict(ResultTable(SPACES[name], answering).counts) == brute_force(SPACES[name], answering)


def test_three_terms_of_digits_have_897_answers_and_these_counts() -> None:
    space = ExpressionSpace.from_file("mixed", terms=3, brackets=0)
    table = ResultTable(space, Answering(FractionPolicy()))
    assert len(table.answers) == 897
    assert sum(table.counts.values()) == space.size == 11664
    assert dict(table.counts) == brute_force(space, table.answering)


def test_answers_are_ordered_by_value() -> None:
    answers = ResultTable(SPACES["mixed"], Answering(FractionPolicy())).answers.tolist()
    values = [Fraction(answer) for answer in answers]
    assert values == sorted(values)


@pytest.mark.parametrize("division", POLICIES, ids=str)
@pytest.mark.parametrize("name", SPACES)
def test_every_expression_is_drawn_once_by_its_answer(name: str, division: Division) -> None:
    space, answering = SPACES[name], Answering(division)
    table = ResultTable(space, answering)
    drawn = []
    for place in table.places:
        counts = table.counts_at(place)
        answers = np.repeat(np.arange(len(counts)), counts)
        ranks = np.concatenate([np.arange(count) for count in counts.tolist()])
        block = table.draw(place, answers, ranks)
        answered = answering.answer_block(block)
        assert answered.kept.all()
        assert (answered.answers == table.answers[answers]).all()
        assert (block.stratum, len(block)) == (space.strata[place], counts.sum())
        drawn += block.expressions.tolist()
    assert len(drawn) == len(set(drawn)) == sum(table.counts.values())


def test_answers_that_more_than_values_decide_are_refused() -> None:
    with pytest.raises(DataError, match="answers under floor-remainder do not follow from values alone"):
        ResultTable(SPACES["mixed"], Answering(FloorRemainderPolicy()))


def test_rules_without_precedence_and_too_many_patterns_are_refused() -> None:
    space = ExpressionSpace.from_text("start: N (OP N)~10\nOP: /[-+*\\/]/\nN: /[12]/")
    with pytest.raises(DataError, match=r"terms=11 brackets=0: its rules do not follow precedence and write 1048576"):
        ResultTable(space, Answering(ExactOnlyPolicy()))


def test_a_table_that_would_not_fit_names_its_size_and_what_to_shrink() -> None:
    with pytest.raises(DataError, match=r"one calculation meets 247815000 pairs of values; choose a narrower range"):
        ResultTable(ExpressionSpace.from_file("flat"), Answering(ExactOnlyPolicy()))


def test_strata_that_do_not_count_are_left_out() -> None:
    table = ResultTable(SPACES["mixed"], Answering(ExactOnlyPolicy()), places=[0])
    expected: dict[Any, int] = Counter()
    for expression in SPACES["mixed"].strata[0]:
        expected[table.answering.answer(expression)] += 1
    expected.pop(None)
    assert dict(table.counts) == expected


class Below:
    """Keeps values below ten, as a plugin may."""

    def keep(self, block: Any, values: Any) -> NDArray[np.bool_]:
        return self.keep_values(values.numerators, values.denominators)

    def holds(self, expression: str, value: Fraction) -> bool:
        return 0 <= value < 10 and value.denominator == 1

    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        return (denominators == 1) & (numerators >= 0) & (numerators < 10)

    @property
    def divides_evenly(self) -> bool:
        return True


class Wholes(FractionPolicy):
    """Has answers for whole values alone."""

    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.asarray(denominators == 1)


def test_constraints_and_policies_on_values_are_counted_when_data_is_balanced() -> None:
    numerators, denominators = np.array([5, -5, 12, 1]), np.array([1, 1, 1, 2])
    rules = value_rules(Answering(FractionPolicy(), [Below()]))
    assert rules.keep(numerators, denominators).tolist() == [True, False, False, False]
    assert rules.divides_evenly
    assert value_rules(Answering(Wholes(), [])).keep(numerators, denominators).tolist() == [True, True, True, False]
    assert not value_rules(Answering(FractionPolicy(), [])).divides_evenly
