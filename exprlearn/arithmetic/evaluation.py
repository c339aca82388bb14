"""Text to exact value: rationals as pairs of integers, one step at a time.

There is no power operator, so one step on operands within the cap makes at most twice the bits; checking
after each step therefore bounds time and memory. No text reaches Python's own parser.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Literal, NamedTuple

from exprlearn.arithmetic.parsing import BRACKETS, DEFAULT_LIMITS, NEGATE, Limits, Tree, parse, quoted
from exprlearn.errors import DivisionByZero, ExpressionTooLarge

#: How `/` computes: `exact` keeps rationals, `floor` rounds each quotient down, as Python's `//`.
Operation = Literal["exact", "floor"]

#: Numerator and denominator in lowest terms; the denominator is positive.
Rational = tuple[int, int]


class Calculation(NamedTuple):
    """One of `+ - * /` with what went in and what came out."""

    operator: str
    left: Rational
    right: Rational
    result: Rational


def evaluate(text: str, *, operation: Operation = "exact", limits: Limits = DEFAULT_LIMITS) -> Fraction:
    """Compute the exact value of an arithmetic expression.

    Raises:
        ExpressionSyntaxError: the text is no arithmetic expression.
        ExpressionTooLarge: the text or an intermediate value is larger than `limits`.
        DivisionByZero: a divisor is zero.

    >>> evaluate("12/5+1")
    Fraction(17, 5)
    >>> evaluate("-7/2", operation="floor")
    Fraction(-4, 1)
    """
    return value_of(parse(text, limits=limits), operation=operation, limits=limits)


def value_of(tree: Tree, *, operation: Operation = "exact", limits: Limits = DEFAULT_LIMITS) -> Fraction:
    """Compute the value of a parsed expression; raises as `evaluate` does."""
    numerator, denominator = _work(tree, operation, limits, None)
    return Fraction(numerator, denominator) if denominator != 1 else Fraction(numerator)


def calculations(
    tree: Tree, *, operation: Operation = "exact", limits: Limits = DEFAULT_LIMITS
) -> tuple[Calculation, ...]:
    """List every calculation of an expression in the order they are done; raises as `evaluate` does.

    >>> [step.result for step in calculations(parse("1+6/4"))]
    [(3, 2), (5, 2)]
    """
    trace: list[Calculation] = []
    _work(tree, operation, limits, trace)
    return tuple(trace)


def _work(tree: Tree, operation: Operation, limits: Limits, trace: list[Calculation] | None) -> Rational:
    values: list[Rational] = []
    for step in tree.steps:
        if isinstance(step, int):
            values.append((step, 1))
        elif step == NEGATE:
            numerator, denominator = values[-1]
            values[-1] = -numerator, denominator
        elif step != BRACKETS:
            right = values.pop()
            left = values[-1]
            result = _calculate(tree, step, left, right, operation)
            if result[0].bit_length() > limits.bits or result[1].bit_length() > limits.bits:
                raise ExpressionTooLarge(
                    f"{quoted(tree.expression)} has an intermediate value of more than {limits.bits} bits",
                    expression=tree.expression,
                )
            values[-1] = result
            if trace is not None:
                trace.append(Calculation(step, left, right, result))
    return values[-1]


def _calculate(tree: Tree, operator: str, left: Rational, right: Rational, operation: Operation) -> Rational:
    if operator == "+":
        return _add(left, right)
    if operator == "-":
        return _add(left, (-right[0], right[1]))
    if operator == "*":
        return _multiply(left, right)
    numerator, denominator = right
    if numerator == 0:
        raise DivisionByZero(f"{quoted(tree.expression)} divides by zero", expression=tree.expression)
    if operation == "floor":
        return left[0] // numerator, 1
    return _multiply(left, (denominator, numerator) if numerator > 0 else (-denominator, -numerator))


def _add(left: Rational, right: Rational) -> Rational:
    (a, b), (c, d) = left, right
    if b == 1 and d == 1:
        return a + c, 1
    common = gcd(b, d)
    if common == 1:
        return a * d + c * b, b * d
    # Knuth 4.5.1: only divisors of the denominators' gcd can cancel, so the second gcd is of small numbers.
    share = b // common
    numerator = a * (d // common) + c * share
    cancel = gcd(numerator, common)
    return numerator // cancel, share * (d // cancel)


def _multiply(left: Rational, right: Rational) -> Rational:
    (a, b), (c, d) = left, right
    if b == 1 and d == 1:
        return a * c, 1
    first, second = gcd(a, d), gcd(c, b)
    return (a // first) * (c // second), (b // second) * (d // first)
