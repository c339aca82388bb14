"""Text to exact value: rationals as pairs of integers, one step at a time.

One of `+ - * /` on operands within the cap makes at most twice the bits, and operators of plugins refuse what would be
too large, so checking after each step bounds time and memory. No text reaches Python's own parser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from exprlearn.arithmetic.operators import NEGATE, Operators, Rational, Truth, operate
from exprlearn.arithmetic.parsing import DEFAULT_LIMITS, Limits, Tree, parse, quoted
from exprlearn.errors import DivisionByZero, ExpressionTooLarge, UndefinedValue, UnknownOperator

if TYPE_CHECKING:
    from exprlearn.plugin import OperatorSpec

#: How expressions are computed: `exact` keeps rationals, `floor` rounds each quotient down, as Python's `//`, and
#: `modulo 97` counts up to 97 and begins again at 0, so that a quotient is a product with an inverse.
Operation = str

_MODULO = "modulo "
#: What needs no look for a modulus, which costs more than an addition.
WITHOUT_MODULUS = ("exact", "floor")

_CALCULATED = frozenset("+-*/")

#: From an operator and its operands to a result.
Calculate = Callable[[str, Rational, Rational], Rational]


class Calculation(NamedTuple):
    """One of `+ - * /` with what went in and what came out."""

    operator: str
    left: Rational
    right: Rational
    result: Rational


@lru_cache(maxsize=64)
def modulus_of(operation: Operation) -> int | None:
    """Return the modulus of an operation; None of one that has none.

    >>> modulus_of("modulo 97"), modulus_of("floor")
    (97, None)
    """
    return int(operation.removeprefix(_MODULO)) if operation.startswith(_MODULO) else None


def reduce_modulo(value: Rational, modulus: int) -> int:
    """Count a rational modulo a number; a `ZeroDivisionError` where its denominator has no inverse.

    >>> reduce_modulo((-3, 1), 97), reduce_modulo((1, 2), 97)
    (94, 49)
    """
    try:
        return value[0] * pow(value[1], -1, modulus) % modulus
    except ValueError:
        raise ZeroDivisionError from None


def evaluate(
    text: str, *, operation: Operation = "exact", limits: Limits = DEFAULT_LIMITS, operators: Operators = ()
) -> Fraction:
    """Compute the exact value of an arithmetic expression; a truth value is a `Truth`.

    Raises `ExpressionSyntaxError` for any other text, `DivisionByZero`, `UndefinedValue` where one of the `operators`
    of plugins has no value, and `ExpressionTooLarge` where the text or an intermediate value is larger than `limits`.

    >>> evaluate("12/5+1")
    Fraction(17, 5)
    >>> evaluate("-7/2", operation="floor")
    Fraction(-4, 1)
    """
    return value_of(parse(text, limits=limits, operators=operators), operation=operation, limits=limits)


def value_of(tree: Tree, *, operation: Operation = "exact", limits: Limits = DEFAULT_LIMITS) -> Fraction:
    """Compute the value of a parsed expression; raises as `evaluate` does."""
    numerator, denominator = _work(tree, operation, limits, None)
    if operation not in WITHOUT_MODULUS and (modulus := modulus_of(operation)):
        try:
            return Fraction(reduce_modulo((numerator, denominator), modulus))
        except ZeroDivisionError:
            raise _divides_by_zero(tree.expression) from None
    if denominator == 1:
        return Fraction(numerator)
    return Fraction(numerator, denominator) if denominator else Truth(numerator)


def calculations(
    tree: Tree, *, operation: Operation = "exact", limits: Limits = DEFAULT_LIMITS
) -> tuple[Calculation, ...]:
    """List every calculation of an expression in the order they are done; raises as `evaluate` does.

    One with an operator of a plugin is an `UnknownOperator`: anyone who follows calculations knows `+ - * /` alone.

    >>> [step.result for step in calculations(parse("1+6/4"))]
    [(3, 2), (5, 2)]
    """
    trace: list[Calculation] = []
    _work(tree, operation, limits, trace)
    return tuple(trace)


def unknown_operator(expression: str, signs: Sequence[str]) -> UnknownOperator:
    """Say that single calculations are not known of an expression."""
    named = ", ".join(map(repr, signs))
    return UnknownOperator(
        f"{quoted(expression)} has {named}: single calculations are known of + - * / alone", expression=expression
    )


def _work(tree: Tree, operation: Operation, limits: Limits, trace: list[Calculation] | None) -> Rational:
    text, bits = tree.expression, limits.bits

    def checked(operator: str, left: Rational, right: Rational) -> Rational:
        try:
            result = calculate(operator, left, right, operation)
        except ZeroDivisionError:
            if left[1] and right[1]:
                raise _divides_by_zero(text) from None
            raise _truth_is_no_number(text) from None
        if result[0].bit_length() > bits or result[1].bit_length() > bits:
            raise _too_large(text, bits)
        if trace is not None:
            trace.append(Calculation(operator, left, right, result))
        return result

    # What only the value is known of leaves no trace to follow.
    return replay(tree, checked, operation if trace is None else None, bits)


def _divides_by_zero(text: str) -> DivisionByZero:
    return DivisionByZero(f"{quoted(text)} divides by zero", expression=text)


def _too_large(text: str, bits: int) -> ExpressionTooLarge:
    return ExpressionTooLarge(f"{quoted(text)} has an intermediate value of more than {bits} bits", expression=text)


def _truth_is_no_number(text: str) -> UndefinedValue:
    return UndefinedValue(f"{quoted(text)} has no value: a truth value is not a number", expression=text)


def replay(
    tree: Tree, calculate: Calculate, operation: Operation | None = None, bits: int = DEFAULT_LIMITS.bits
) -> Rational:
    """Compute a parsed expression by rules of one's own.

    Decimals and operators of plugins are computed where an `operation` is said, within so many `bits`; without one an
    expression that has such is an `UnknownOperator`.

    >>> replay(parse("1+2*3"), lambda operator, left, right: (left[0] + right[0], 1))
    (6, 1)
    """
    values: list[Rational] = []
    for step in tree.steps:
        if isinstance(step, int):
            values.append((step, 1))
        elif not isinstance(step, str):
            _take(step, values, tree, operation, bits)
        elif step in _CALCULATED:
            right = values.pop()
            values[-1] = calculate(step, values[-1], right)
        elif step == NEGATE:
            numerator, denominator = values[-1]
            if not denominator:
                raise _truth_is_no_number(tree.expression)
            values[-1] = -numerator, denominator
    return values[-1]


def _take(
    step: Fraction | OperatorSpec, values: list[Rational], tree: Tree, operation: Operation | None, bits: int
) -> None:
    """Put a decimal on the stack, or what an operator of a plugin makes of the values there."""
    text = tree.expression
    if operation is None:
        raise unknown_operator(text, tree.foreign_signs)
    if isinstance(step, Fraction):
        values.append((step.numerator, step.denominator))
        return
    if modulus_of(operation) is not None:
        raise UnknownOperator(f"{quoted(text)} has {step.sign!r}, not known {operation}", expression=text)
    result = operate(step, values[-step.arity :], quoted(text), text)
    if max(result[0].bit_length(), result[1].bit_length()) > bits:
        raise _too_large(text, bits)
    values[-step.arity :] = [result]


def calculate(operator: str, left: Rational, right: Rational, operation: Operation = "exact") -> Rational:
    """Do one calculation; a divisor of zero is a `ZeroDivisionError`, as is an operand that is a truth value.

    >>> [calculate("/", (7, 1), (-2, 1), operation) for operation in ("exact", "floor", "modulo 97")]
    [(-7, 2), (-4, 1), (45, 1)]
    """
    (a, b), (c, d) = left, right
    if operator == "/":
        return _divide(left, right, operation)
    if b == 1 and d == 1:
        return (a + c if operator == "+" else a - c if operator == "-" else a * c), 1
    if not (b and d):
        raise ZeroDivisionError
    return _multiply(a, b, c, d) if operator == "*" else _add(a, b, c if operator == "+" else -c, d)


def _divide(left: Rational, right: Rational, operation: Operation) -> Rational:
    (a, b), (c, d) = left, right
    if not (b and c and d):
        raise ZeroDivisionError
    if operation == "exact":
        return _multiply(a, b, d, c) if c > 0 else _multiply(a, b, -d, -c)
    if operation == "floor":
        return a * d // (b * c), 1
    modulus = modulus_of(operation) or 1
    return reduce_modulo(left, modulus) * reduce_modulo((d, c), modulus) % modulus, 1


def _add(a: int, b: int, c: int, d: int) -> Rational:
    """Add a/b and c/d."""
    common = gcd(b, d)
    if common == 1:
        return a * d + c * b, b * d
    # Knuth 4.5.1: only divisors of the denominators' gcd can cancel, so the second gcd is of small numbers.
    share = b // common
    numerator = a * (d // common) + c * share
    cancel = gcd(numerator, common)
    return numerator // cancel, share * (d // cancel)


def _multiply(a: int, b: int, c: int, d: int) -> Rational:
    """Multiply a/b by c/d."""
    first, second = gcd(a, d), gcd(c, b)
    return (a // first) * (c // second), (b // second) * (d // first)
