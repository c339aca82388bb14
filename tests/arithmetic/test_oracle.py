"""Blocks of every shipped grammar under every policy, against a second evaluator that shares no code with the first."""

from __future__ import annotations

import re
from fractions import Fraction
from math import floor
from typing import Any

import pytest

from exprlearn.arithmetic import DivisionPolicy, block_values, compile_skeletons
from exprlearn.arithmetic.divisions import (
    DecimalPolicy,
    ExactOnlyPolicy,
    FloorPolicy,
    FloorRemainderPolicy,
    FractionPolicy,
)
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stream import Stream

# Signs, brackets and numbers of up to twelve digits: products of four leave 64 bits.
WIDE = """
start: sum
sum: product | sum "+" product | sum "-" product
product: signed | product "*" signed | product "/" signed
signed: atom | "-" atom
atom: NUMBER | "(" sum ")"
NUMBER: /0|[1-9][0-9]{0,11}/
"""

SHIPPED = (
    "addition",
    "decimals",
    "sums",
    "subtraction",
    "multiplication",
    "division",
    "flat",
    "mixed",
    "modular",
    "nested",
    "signed",
)


class Oracle:
    """Recursive descent over fractions; a division that is done last also leaves a remainder."""

    def __init__(self, text: str, floors: bool) -> None:
        self.tokens = re.findall(r"[0-9.]+|.", text)
        self.floors = floors

    def sum(self) -> tuple[Fraction, Fraction]:
        value, left = self.product()
        while self.tokens and self.tokens[0] in "+-":
            sign = 1 if self.tokens.pop(0) == "+" else -1
            value, left = value + sign * self.product()[0], Fraction(0)
        return value, left

    def product(self) -> tuple[Fraction, Fraction]:
        value, left = self.signed()
        while self.tokens and self.tokens[0] in "*/":
            operator = self.tokens.pop(0)
            other = self.signed()[0]
            if operator == "*":
                value, left = value * other, Fraction(0)
            elif self.floors:
                quotient = Fraction(floor(value / other))
                value, left = quotient, value - quotient * other
            else:
                value, left = value / other, Fraction(0)
        return value, left

    def signed(self) -> tuple[Fraction, Fraction]:
        token = self.tokens.pop(0)
        if token == "-":
            return -self.signed()[0], Fraction(0)
        if token == "(":
            inside = self.sum()
            self.tokens.pop(0)
            return inside
        return Fraction(token), Fraction(0)


def expected(text: str, policy: DivisionPolicy) -> str | None:
    try:
        value, left = Oracle(text, policy.operation == "floor").sum()
    except ZeroDivisionError:
        return None
    match policy:
        case FloorRemainderPolicy() if left:
            return f"{value} r {left}"
        case ExactOnlyPolicy() | FloorRemainderPolicy() if value.denominator != 1:
            return None
        case DecimalPolicy():
            hundredths = round(value * 100)
            sign, digits = "-" if hundredths < 0 else "", f"{abs(hundredths):03d}"
            return sign + f"{digits[:-2]}.{digits[-2:]}".rstrip("0").rstrip(".")
    return str(value)


def wrong(space: ExpressionSpace, policy: DivisionPolicy, count: int) -> tuple[list[tuple[str, Any, Any]], int]:
    """List where block and oracle disagree, and count the rows that left the range of int64."""
    found, large = [], 0
    for _, block in Stream(space, 11).items(0, count).parts:
        values = block_values(block, compile_skeletons(block.skeletons), policy.operation)
        answers, kept = policy.answers(values)
        large += len(values.exact)
        for text, answer, is_kept in zip(block.expressions.tolist(), answers.tolist(), kept.tolist(), strict=True):
            truth = expected(text, policy)
            if (answer if is_kept else None) != truth:
                found.append((text, answer, truth))
    return found, large


POLICIES = [ExactOnlyPolicy(), FractionPolicy(), FloorPolicy(), FloorRemainderPolicy(), DecimalPolicy()]


@pytest.mark.parametrize("policy", POLICIES, ids=str)
@pytest.mark.parametrize("name", SHIPPED)
def test_answers_of_every_grammar_agree_with_the_oracle(name: str, policy: DivisionPolicy) -> None:
    assert wrong(ExpressionSpace.from_file(name), policy, 400)[0] == []


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_answers_beyond_64_bits_agree_with_the_oracle(policy: DivisionPolicy) -> None:
    found, large = wrong(ExpressionSpace.from_text(WIDE, terms=4, operators=(3, 5), brackets=(0, 2)), policy, 1000)
    assert found == []
    assert large > 200


@pytest.mark.slow
@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_a_million_answers_agree_with_the_oracle(policy: DivisionPolicy) -> None:
    for name in SHIPPED:
        assert wrong(ExpressionSpace.from_file(name), policy, 22_000)[0] == []
    assert wrong(ExpressionSpace.from_text(WIDE, terms=4, operators=(3, 5), brackets=(0, 2)), policy, 24_000)[0] == []
