"""What a slip on the way makes of an answer: carries and borrows lost or added, quotients done in another way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import partial
from itertools import count

from exprlearn.arithmetic import UNLIMITED, Operation, Tree, calculations
from exprlearn.arithmetic.carries import carry_columns
from exprlearn.arithmetic.evaluation import Calculate, Calculation, calculate, replay
from exprlearn.arithmetic.operators import Rational
from exprlearn.errors import DivisionByZero
from exprlearn.scoring.metrics import number

#: Slips in one calculation that are still told from guessing.
MOST_LOST = 2
#: Expressions of more calculations are not searched for slips.
MOST_CALCULATIONS = 32

REMAINDER = " r "

# What is open after some columns: the carry (of a difference -1 for a borrow), how many were lost, the number so far.
_State = tuple[int, int, int]


def lost_carries(left: int, right: int, sign: int = 1) -> set[int]:
    """List the wrong results of left + right that come of one or two lost carries, or of losing all.

    With `sign` -1 it is left - right, left ≥ right ≥ 0, and borrows that the next column does not pay back. The
    commonest slip of pupils is among them: taking the smaller digit from the larger one in every column, so that
    nothing need be borrowed (Brown and Burton 1978, Diagnostic Models for Procedural Bugs).

    >>> sorted(lost_carries(88, 77)), lost_carries(12, 34)
    ([55, 65, 155], set())
    >>> sorted(lost_carries(52, 17, sign=-1)), lost_carries(52, 11, sign=-1)
    ([45], set())
    """
    columns, states = _columns(left, right, sign), {(0, 0, 0)}
    for index, column in enumerate(columns):
        states = {after for state in states for after in _states_after(state, column, 10**index)}
    # What the first column would still borrow can be had from nobody.
    results = {written + carry * 10 ** len(columns) for carry, _, written in states if carry >= 0}
    digits = (column % 10 if sign > 0 else abs(column) for column in columns)
    results.add(sum(digit * 10**index for index, digit in enumerate(digits)))
    return results - {left + sign * right}


def added_carries(left: int, right: int, sign: int = 1) -> set[int]:
    """List the wrong results of left + right that come of one carry out of a column that has none.

    With `sign` -1 it is left - right, left ≥ right ≥ 0, and one borrow for a column that needs none.

    >>> sorted(added_carries(26, 13)), sorted(added_carries(58, 13, sign=-1))
    ([49, 139], [35])
    """
    carries, result = carry_columns(left, sign * right), left + sign * right
    results = {result + sign * 10 ** (index + 1) for index, carry in enumerate(carries) if not carry}
    return {wrong for wrong in results if wrong >= 0}


def lost_product_carries(left: int, right: int) -> set[int]:
    """List the wrong products of two numbers ≥ 0 that come of one lost carry, in a row of the product or in their sum.

    >>> sorted(lost_product_carries(27, 3))
    [61]
    """
    rows = [left * int(digit) * 10**index for index, digit in enumerate(reversed(str(right)))]
    slips, total = set(_lost_in_rows(left, right)), 0
    for index, row in enumerate(rows):
        later = sum(rows[index + 1 :])
        slips |= {wrong + later for wrong in lost_carries(total, row)}
        total += row
    return slips - {left * right}


def _lost_in_rows(left: int, right: int) -> Iterator[int]:
    """Yield the products in which one carry of one row is lost."""
    for row, digit in enumerate(reversed(str(right))):
        carry = 0
        for column, other in enumerate(reversed(str(left))):
            carry = (int(other) * int(digit) + carry) // 10
            if carry:
                yield left * right - carry * 10 ** (row + column + 1)


def _columns(left: int, right: int, sign: int) -> list[int]:
    """Add or subtract the digits of two numbers ≥ 0 column by column, units first: 52 - 17 is -5, 4."""
    width = max(len(str(left)), len(str(right)))
    ones, others = (map(int, reversed(str(number).zfill(width))) for number in (left, right))
    return [one + sign * other for one, other in zip(ones, others, strict=True)]


def _states_after(state: _State, column: int, weight: int) -> Iterator[_State]:
    """Yield what a column makes of a state: with its carry, and where it has one and losses are left, without.

    88+77, units 15:  (0, 0, 0) → (1, 0, 5), (0, 1, 5)
           tens 15:   (1, 0, 5) → (1, 0, 65), (0, 1, 65)    (0, 1, 5) → (1, 1, 55), (0, 2, 55)
    """
    before, lost, written = state
    carry, digit = divmod(column + before, 10)
    yield carry, lost, written + digit * weight
    if carry and lost < MOST_LOST:
        yield 0, lost + 1, written + digit * weight


def slipped_values(tree: Tree, operation: Operation) -> Iterator[tuple[str, Fraction]]:
    """Yield the wrong values of an expression in which one calculation slips, each with the name of the slip.

    >>> from exprlearn.arithmetic import parse
    >>> sorted({(name, int(value)) for name, value in slipped_values(parse("2*(19+3)"), "exact")})
    [('carry-added', 244), ('carry-lost', 24)]
    """
    try:
        trace = calculations(tree, operation=operation, limits=UNLIMITED)
    except DivisionByZero:
        return
    for index, done in enumerate(trace if len(trace) <= MOST_CALCULATIONS else ()):
        for name, wrong in _slips(done):
            value = value_by(tree, partial(_slip, count(), index, wrong, operation))
            if value is not None:
                yield name, value


def otherwise_rounded(tree: Tree) -> Iterator[Fraction]:
    """Yield the values of an expression each of whose quotients is rounded in another way.

    >>> from exprlearn.arithmetic import parse
    >>> [int(value) for value in otherwise_rounded(parse("7/2*2"))]
    [6, 8, 6, 8]
    """
    for way in (math.floor, math.ceil, math.trunc, _half_up):
        value = value_by(tree, partial(_round_quotients, way))
        if value is not None:
            yield value


def value_by(tree: Tree, rules: Calculate) -> Fraction | None:
    """Compute an expression by some rules; None where it then divides by zero."""
    with suppress(ZeroDivisionError):
        numerator, denominator = replay(tree, rules)
        return Fraction(numerator, denominator) if denominator != 1 else Fraction(numerator)
    return None


def _slip(
    calls: Iterator[int], slips_at: int, wrong: int, operation: Operation, sign: str, left: Rational, right: Rational
) -> Rational:
    return (wrong, 1) if next(calls) == slips_at else calculate(sign, left, right, operation)


def _round_quotients(way: Callable[[Fraction], int], sign: str, left: Rational, right: Rational) -> Rational:
    result = calculate(sign, left, right)
    return (way(Fraction(*result)), 1) if sign == "/" else result


def _half_up(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))


def is_cut_off(answer: str, value: Fraction) -> bool:
    """Tell whether an answer is a value rounded or cut to as many digits as the answer has, or the value itself.

    >>> is_cut_off("3", Fraction(17, 5)), is_cut_off("0.66", Fraction(2, 3)), is_cut_off("0.6", Fraction(17, 5))
    (True, True, False)
    """
    found = number(answer)
    if found is None or found == value:
        return found == value
    decimals = len(answer.partition(".")[2])
    return "/" not in answer and value.denominator != 1 and abs(found - value) < Fraction(1, 10**decimals)


def is_remainder_wrong(answer: str, truth: str) -> bool:
    """Tell whether only the remainder differs, or the quotient by one and the remainder with it.

    >>> [is_remainder_wrong(answer, "3 r 2") for answer in ("3", "3 r 1", "5 r 2")]
    [True, True, False]
    """
    if REMAINDER not in answer + truth:
        return False
    found, right = (number(text.partition(REMAINDER)[0]) for text in (answer, truth))
    return found is not None and right is not None and abs(found - right) <= 1


def _slips(done: Calculation) -> Iterator[tuple[str, int]]:
    """Yield the wrong results of one calculation of whole numbers: what was lost, and the result."""
    if done.left[1] != 1 or done.right[1] != 1 or done.operator == "/":
        return
    first, second = done.left[0], -done.right[0] if done.operator == "-" else done.right[0]
    larger, smaller = sorted((abs(first), abs(second)), reverse=True)
    if done.operator == "*":
        found = {"carry-lost": lost_product_carries(abs(first), abs(second))}
    else:
        # Unequal signs take the smaller magnitude from the larger.
        is_sum = (first < 0) == (second < 0) or not smaller
        way = 1 if is_sum else -1
        lost, added = lost_carries(larger, smaller, way), added_carries(larger, smaller, way)
        found = {"carry-lost" if is_sum else "borrow-lost": lost, "carry-added": added}
    is_negative = (first < 0) != (second < 0) if done.operator == "*" else first + second < 0
    for name, results in found.items():
        yield from ((name, -wrong if is_negative else wrong) for wrong in results)
