from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic import DivisionPolicy, answer, block_values, compile_skeletons
from exprlearn.arithmetic.divisions import (
    DecimalOptions,
    DecimalPolicy,
    ExactOnlyPolicy,
    FloorPolicy,
    FloorRemainderPolicy,
    FractionPolicy,
)
from exprlearn.arithmetic.parsing import UNLIMITED
from exprlearn.errors import EvaluationError, NotAnInteger

TIES = {"half-even": ROUND_HALF_EVEN, "half-up": ROUND_HALF_UP, "down": ROUND_DOWN}

POLICIES: list[DivisionPolicy] = [ExactOnlyPolicy(), FractionPolicy(), FloorPolicy(), FloorRemainderPolicy()]
POLICIES += [
    DecimalPolicy(DecimalOptions.model_validate({"digits": digits, "tie": tie, "trailing_zeros": digits == 2}))
    for digits in (0, 1, 2, 17)
    for tie in TIES
]


def decimal(**options: object) -> DecimalPolicy:
    return DecimalPolicy(DecimalOptions.model_validate(options))


@pytest.mark.parametrize(
    ("policy", "text", "expected"),
    [
        (ExactOnlyPolicy(), "3/2*2", "3"),
        (FractionPolicy(), "34/10", "17/5"),
        (FractionPolicy(), "-1/3", "-1/3"),
        (FractionPolicy(), "4/2", "2"),
        (FloorPolicy(), "7/2+7/2", "6"),
        (FloorRemainderPolicy(), "34/10", "3 r 4"),
        (FloorRemainderPolicy(), "(34/10)", "3 r 4"),
        (FloorRemainderPolicy(), "34/10/2", "1 r 1"),
        (FloorRemainderPolicy(), "34/10*2", "6"),
        (FloorRemainderPolicy(), "-(34/10)", "-3"),
        (FloorRemainderPolicy(), "7", "7"),
        (decimal(digits=2), "1/8", "0.12"),
        (decimal(digits=2, tie="half-up"), "1/8", "0.13"),
        (decimal(digits=2, tie="half-up"), "-1/8", "-0.13"),
        (decimal(digits=2, tie="down"), "-199/100", "-1.99"),
        (decimal(digits=1, tie="down"), "-199/100", "-1.9"),
        (decimal(digits=2, trailing_zeros=True), "7/2", "3.50"),
        (decimal(digits=0), "5/2", "2"),
        (decimal(digits=2), "-1/1000", "0"),
        (decimal(digits=2), "1999/1000", "2"),
        (decimal(digits=1), "100", "100"),
    ],
)
def test_answers_are_written_as_the_policy_says(policy: DivisionPolicy, text: str, expected: str) -> None:
    assert answer(text, policy) == expected


def test_exact_only_refuses_a_fraction_with_the_expression() -> None:
    with pytest.raises(NotAnInteger, match="'17/5' is no integer"):
        answer("17/5", ExactOnlyPolicy())


def test_what_is_not_whole_has_no_answer_with_a_remainder() -> None:
    with pytest.raises(NotAnInteger):
        answer("4.8-2.3", FloorRemainderPolicy())


@given(st.integers(-(10**6), 10**6), st.integers(-(10**4), 10**4).filter(bool))
def test_quotient_and_remainder_make_the_dividend(dividend: int, divisor: int) -> None:
    written = answer(f"{dividend}/{divisor}", FloorRemainderPolicy())
    quotient, _, remainder = written.partition(" r ")
    left = int(remainder or 0)
    assert int(quotient) * divisor + left == dividend
    assert left == 0 or (left < 0) == (divisor < 0)
    assert abs(left) < abs(divisor)


@given(
    st.fractions(max_denominator=10**6),
    st.integers(0, 12),
    st.sampled_from(sorted(TIES)),
)
def test_decimals_round_as_the_decimal_module_does(value: Fraction, digits: int, tie: str) -> None:
    # A scaled integer and a fraction below one, so that the quotient below is exact enough to round once.
    scaled = value * 10**digits
    down = abs(scaled.numerator) // scaled.denominator
    rest = abs(scaled) - down
    parity = Decimal(down % 2)
    nudge = Decimal(0) if rest == 0 else Decimal("0.3") if rest < Fraction(1, 2) else Decimal("0.7")
    nudge = Decimal("0.5") if rest == Fraction(1, 2) else nudge
    rounded = down - down % 2 + int((parity + nudge).quantize(Decimal(1), rounding=TIES[tie]))
    expected = Decimal(-rounded if value < 0 else rounded).scaleb(-digits, Context(prec=100))
    assert Decimal(decimal(digits=digits, tie=tie).answer(value)) == expected


@given(st.fractions(), st.integers(0, 6), st.booleans())
def test_trailing_zeros_are_all_there_or_not_at_all(value: Fraction, digits: int, zeros: bool) -> None:
    text = decimal(digits=digits, trailing_zeros=zeros).answer(value)
    behind = text.partition(".")[2]
    assert len(behind) == digits if zeros else not behind.endswith("0")


@pytest.mark.parametrize(("low", "high"), [(0, 9), (-9, 9), (1, 99_999), (1, 10**12)])
@pytest.mark.parametrize(
    "policy", POLICIES, ids=lambda policy: f"{type(policy).__name__}-{getattr(policy, 'options', '')}"
)
def test_blocks_are_answered_as_single_expressions_are(
    four_terms: Any, make_block: Any, policy: DivisionPolicy, low: int, high: int
) -> None:
    block = make_block(four_terms, 400, low, high)
    answers, kept = policy.answers(block_values(block, compile_skeletons(four_terms), policy.operation))
    for text, found, has_answer in zip(block.expressions.tolist(), answers.tolist(), kept.tolist(), strict=True):
        try:
            expected = answer(text, policy, limits=UNLIMITED)
        except EvaluationError:
            assert not has_answer
            assert found == ""
            continue
        assert has_answer
        assert found == expected
        assert set(found) <= set(policy.characters)


def test_a_policy_that_writes_single_answers_only_still_answers_blocks(four_terms: Any, make_block: Any) -> None:
    class Parity(DivisionPolicy):
        characters = "evnod"

        def answer(self, value: Fraction, expression: str = "") -> str:
            if value.denominator != 1:
                raise NotAnInteger("neither", expression=expression)
            return "odd" if value % 2 else "even"

    block = make_block(four_terms, 100, 0, 5)
    values = block_values(block, compile_skeletons(four_terms))
    answers, kept = Parity().answers(values)
    for row in range(100):
        value = values.fraction(row)
        assert kept[row] == (value is not None and value.denominator == 1)
        assert not kept[row] or answers[row] == ("odd" if value % 2 else "even")  # type: ignore[operator]


def test_an_empty_block_has_no_answers(four_terms: Any, make_block: Any) -> None:
    for policy in POLICIES:
        values = block_values(make_block(four_terms, 0, 0, 9), compile_skeletons(four_terms), policy.operation)
        assert [len(column) for column in policy.answers(values)] == [0, 0]
