from __future__ import annotations

import weakref
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from exprlearn.arithmetic import Values, compile_skeletons
from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FloorRemainderPolicy, FractionPolicy
from exprlearn.dataset import Answering
from exprlearn.dataset.constraints import AnswerLengthConstraint, AnswerLengthOptions, IntegerIntermediatesConstraint
from exprlearn.errors import ExpressionSyntaxError
from exprlearn.plugin import Constraint, Division


class EvenOnly:
    """A constraint as a plugin might bring it."""

    def keep(self, block: Any, values: Values) -> Any:
        return values.numerators % 2 == 0

    def holds(self, expression: str, value: Fraction) -> bool:
        return value.numerator % 2 == 0


@pytest.mark.parametrize("division", [ExactOnlyPolicy(), FractionPolicy(), FloorRemainderPolicy()], ids=str)
@pytest.mark.parametrize("high", [9, 10**11])
def test_blocks_are_answered_as_single_expressions_are(signed_block: Any, division: Division, high: int) -> None:
    constraints: list[Constraint] = [AnswerLengthConstraint(AnswerLengthOptions(maximum=25)), EvenOnly()]
    answering = Answering(division, constraints)
    block = signed_block(800, high)
    answered = answering.answer_block(block)
    for row, text in enumerate(block.expressions.tolist()):
        assert (str(answered.answers[row]) if answered.kept[row] else None) == answering.answer(text)


def test_rejections_are_counted_for_each_rule_alone(signed_block: Any) -> None:
    answering = Answering(ExactOnlyPolicy(), [IntegerIntermediatesConstraint(), EvenOnly(), EvenOnly()])
    answered = answering.answer_block(signed_block(1000, 3))
    assert set(answered.rejected) == {"division by zero", "exact-only", "integer-intermediates", "EvenOnly"}
    assert answered.rejected["integer-intermediates"] > answered.rejected["exact-only"]
    assert answered.rejected["EvenOnly"] % 2 == 0
    assert 0 < answered.kept.sum() < 1000


def test_text_that_is_no_arithmetic_is_no_example_but_an_error() -> None:
    answering = Answering(ExactOnlyPolicy(), [])
    assert answering.answer("1/0") is None
    assert answering.answer("1/2") is None
    assert answering.answer(" 4 ÷ 2 ") == "2"
    with pytest.raises(ExpressionSyntaxError):
        answering.answer("two")


def test_tables_are_compiled_once_and_forgotten_with_their_blocks(signed_block: Any) -> None:
    block = signed_block(10, 9, terms=2, operators=1, brackets=0)
    first = compile_skeletons(block.skeletons)
    tables = [replace(block.skeletons) for _ in range(300)]
    for table in tables:
        np.testing.assert_array_equal(compile_skeletons(table).left, first.left)
    assert compile_skeletons(block.skeletons) is first
    forgotten = [weakref.ref(compile_skeletons(table)) for table in tables]
    del table, tables
    assert not any(reference() for reference in forgotten)
    assert compile_skeletons(block.skeletons) is first
