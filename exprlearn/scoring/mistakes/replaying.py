"""Doing an expression again with something done differently: what a slip on the way makes of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from exprlearn.arithmetic import Operation, Tree
from exprlearn.arithmetic.tree import BRACKETS, NEGATE
from exprlearn.scoring.mistakes.columns import (
    added_borrows,
    added_carries,
    lost_borrows,
    lost_carries,
    lost_product_carries,
)

Number = int | Fraction

#: From the number of a calculation, its sign and its operands to a result; None where there is none.
Calculate = Callable[[int, str, Number, Number], Number | None]

#: Expressions of more calculations are not searched for slips.
MOST_CALCULATIONS = 32


def replay(tree: Tree, calculate: Calculate) -> Number | None:
    """Compute a parsed expression by other rules; None where one of them has no result.

    >>> from exprlearn.arithmetic import parse
    >>> replay(parse("1+2*3"), lambda number, sign, left, right: left + right)
    6
    """
    values: list[Number] = []
    count = 0
    for step in tree.steps:
        if isinstance(step, int):
            values.append(step)
        elif step == NEGATE:
            values[-1] = -values[-1]
        elif step != BRACKETS:
            right, left = values.pop(), values.pop()
            result = calculate(count, step, left, right)
            if result is None:
                return None
            values.append(result)
            count += 1
    return values[-1]


def calculated(sign: str, left: Number, right: Number, operation: Operation = "exact") -> Number | None:
    """Do one calculation as it should be done; None when it divides by zero."""
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    if not right:
        return None
    return left // right if operation == "floor" else Fraction(left) / Fraction(right)


def slipped(tree: Tree, operation: Operation) -> Iterator[tuple[str, Number]]:
    """Yield the wrong values of an expression in which one calculation slips, each with the name of the slip.

    >>> from exprlearn.arithmetic import parse
    >>> sorted(set(slipped(parse("2*(19+3)"), "exact")))
    [('carry-added', 244), ('carry-lost', 24)]
    """
    trace: list[tuple[str, Number, Number]] = []

    def told(number: int, sign: str, left: Number, right: Number) -> Number | None:
        trace.append((sign, left, right))
        return calculated(sign, left, right, operation)

    if replay(tree, told) is None or len(trace) > MOST_CALCULATIONS:
        return
    for place, calculation in enumerate(trace):
        for name, wrong in _slips(*calculation):

            def with_slip(
                number: int, sign: str, left: Number, right: Number, place: int = place, wrong: int = wrong
            ) -> Number | None:
                return wrong if number == place else calculated(sign, left, right, operation)

            value = replay(tree, with_slip)
            if value is not None:
                yield name, value


def _slips(sign: str, left: Number, right: Number) -> Iterator[tuple[str, int]]:
    """Yield the wrong results of one calculation of whole numbers: what was lost, and the result."""
    one, other = Fraction(left), Fraction(right)
    if one.denominator != 1 or other.denominator != 1 or sign == "/":
        return
    first, second = int(one), int(other) if sign != "-" else -int(other)
    size, further = sorted((abs(first), abs(second)), reverse=True)
    if sign == "*":
        turned = -1 if (first < 0) != (second < 0) else 1
        yield from (("carry-lost", turned * wrong) for wrong in lost_product_carries(abs(first), abs(second)))
    elif (first < 0) == (second < 0) or not further:
        turned = -1 if min(first, second) < 0 else 1
        yield from (("carry-lost", turned * wrong) for wrong in lost_carries(size, further))
        yield from (("carry-added", turned * wrong) for wrong in added_carries(size, further))
    else:
        turned = -1 if first + second < 0 else 1
        yield from (("borrow-lost", turned * wrong) for wrong in lost_borrows(size, further))
        yield from (("carry-added", turned * wrong) for wrong in added_borrows(size, further))
