"""Text to exact value: rationals as pairs of integers, one step at a time.

There is no power operator, so one step on operands within the cap makes at most twice the bits; checking
after each step therefore bounds time and memory. No text reaches Python's own parser.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd
from typing import Literal, NamedTuple

from exprlearn.arithmetic.parsing import BRACKETS, DEFAULT_LIMITS, NEGATE, Limits, Tree, parse, quoted
from exprlearn.errors import DivisionByZero, ExpressionTooLarge

#: How `/` computes: `exact` keeps rationals, `floor` rounds each quotient down, as Python's `//`.
Operation = Literal["exact", "floor"]

#: Numerator and denominator in lowest terms; the denominator is positive.
Rational = tuple[int, int]

#: From an operator and its operands to a result.
Calculate = Callable[[str, Rational, Rational], Rational]


class Calculation(NamedTuple):
    """One of `+ - * /` with what went in and what came out."""

    operator: str
    left: Rational
    right: Rational
    result: Rational


def evaluate(text: str, *, operation: Operation = "exact", limits: Limits = DEFAULT_LIMITS) -> Fraction:
    """Compute the exact value of an arithmetic expression.

    Raises `ExpressionSyntaxError` for any other text, `DivisionByZero`, and `ExpressionTooLarge` where the text or an
    intermediate value is larger than `limits`.

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
    text, bits = tree.expression, limits.bits

    def checked(operator: str, left: Rational, right: Rational) -> Rational:
        try:
            result = calculate(operator, left, right, operation)
        except ZeroDivisionError:
            raise DivisionByZero(f"{quoted(text)} divides by zero", expression=text) from None
        if result[0].bit_length() > bits or result[1].bit_length() > bits:
            message = f"{quoted(text)} has an intermediate value of more than {bits} bits"
            raise ExpressionTooLarge(message, expression=text)
        if trace is not None:
            trace.append(Calculation(operator, left, right, result))
        return result

    return replay(tree, checked)


def replay(tree: Tree, calculate: Calculate) -> Rational:
    """Compute a parsed expression by rules of one's own.

    >>> replay(parse("1+2*3"), lambda operator, left, right: (left[0] + right[0], 1))
    (6, 1)
    """
    values: list[Rational] = []
    for step in tree.steps:
        if isinstance(step, int):
            values.append((step, 1))
        elif step == NEGATE:
            numerator, denominator = values[-1]
            values[-1] = -numerator, denominator
        elif step != BRACKETS:
            right = values.pop()
            values[-1] = calculate(step, values[-1], right)
    return values[-1]


def calculate(operator: str, left: Rational, right: Rational, operation: Operation = "exact") -> Rational:
    """Do one calculation; a divisor of zero is a `ZeroDivisionError`.

    >>> calculate("/", (7, 1), (-2, 1)), calculate("/", (7, 1), (-2, 1), "floor")
    ((-7, 2), (-4, 1))
    """
    if operator == "+":
        return _add(left, right)
    if operator == "-":
        return _add(left, (-right[0], right[1]))
    if operator == "*":
        return _multiply(left, right)
    numerator, denominator = right
    if operation == "floor":
        return left[0] // numerator, 1
    if not numerator:
        raise ZeroDivisionError
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
