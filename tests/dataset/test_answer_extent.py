from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from exprlearn.arithmetic import DivisionPolicy
from exprlearn.arithmetic.divisions import (
    DecimalOptions,
    DecimalPolicy,
    ExactOnlyPolicy,
    FloorPolicy,
    FloorRemainderPolicy,
    FractionPolicy,
)
from exprlearn.dataset import Answering, longest_answer
from exprlearn.dataset.constraints import AnswerLengthConstraint, AnswerLengthOptions, ResultRangeConstraint
from exprlearn.errors import DataError
from exprlearn.plugin import Constraint
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stream import Stream

POLICIES = [
    ExactOnlyPolicy(),
    FractionPolicy(),
    FloorPolicy(),
    FloorRemainderPolicy(),
    DecimalPolicy(),
    DecimalPolicy(DecimalOptions(digits=0)),
]
RULES: dict[str, list[Constraint]] = {
    "none": [],
    "short": [AnswerLengthConstraint(AnswerLengthOptions(maximum=3))],
    "in a range": [ResultRangeConstraint()],
}


@pytest.mark.parametrize(
    "name", ["addition", "subtraction", "multiplication", "division", "sums", "flat", "mixed", "nested"]
)
@pytest.mark.parametrize("constraints", RULES.values(), ids=RULES)
@pytest.mark.parametrize("division", POLICIES, ids=str)
def test_no_answer_is_longer(name: str, division: DivisionPolicy, constraints: list[Constraint]) -> None:
    space = ExpressionSpace.from_file(name)
    longest, answering = longest_answer(space, division, constraints), Answering(division, constraints)
    for _, block in Stream(space, 4).items(0, 4096).parts:
        answered = answering.answer_block(block)
        assert max(map(len, answered.answers[answered.kept].tolist()), default=0) <= longest


@pytest.mark.parametrize(
    "division", [ExactOnlyPolicy(), FractionPolicy(), FloorPolicy(), FloorRemainderPolicy()], ids=str
)
def test_the_bound_is_reached_where_divisors_are_plain_numbers(division: DivisionPolicy) -> None:
    space = ExpressionSpace.from_text('start: NUMBER "/" NUMBER | NUMBER "-" NUMBER\nNUMBER: /[1-9]?[0-9]/')
    answers = [Answering(division, []).answer(expression) for expression in space]
    room = longest_answer(space, division, []) - max(len(answer) for answer in answers if answer is not None)
    # Bounds know that a value may be negative, large or broken, not that none is all of it.
    assert room == {"fraction": 3, "floor-remainder": 2}.get(str(division), 0)


def test_addition_has_answers_of_four_digits() -> None:
    assert longest_answer(ExpressionSpace.from_file("addition"), ExactOnlyPolicy(), []) == 4


def test_answers_that_nothing_bounds_are_refused_with_what_helps() -> None:
    class Loud(DivisionPolicy):
        characters = "abc"

        def answer(self, value: Fraction, expression: str = "") -> str:
            return "abc"

    with pytest.raises(DataError, match="answer-length"):
        longest_answer(ExpressionSpace.from_file("addition"), Loud(), [])


def test_a_policy_of_integers_alone_needs_no_bound_of_its_own() -> None:
    class Plain:
        operation: Any = "floor"
        characters = "0123456789-"

        def answer(self, value: Fraction, expression: str = "") -> str:
            return str(value)

        def answers(self, values: Any) -> Any:
            return values

    assert longest_answer(ExpressionSpace.from_file("subtraction"), Plain(), []) == 4


def test_answers_are_bounded_where_skeletons_are_too_many_for_a_table() -> None:
    many = ExpressionSpace.from_file("mixed", terms=9, brackets=2)
    assert longest_answer(many, FloorPolicy(), []) == len(str(-(9**9)))
    repeated = ExpressionSpace.from_text('start: N (OP N)~1..20\nOP: "+" | "-" | "*"\nN: /[1-9]/')
    assert longest_answer(repeated, ExactOnlyPolicy(), []) == len(str(-(2**20) * 9**21))
