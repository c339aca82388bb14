"""What goes wrong with `/`: rounding the other way, a wrong or missing remainder, a fraction that is not reduced."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from exprlearn.arithmetic import Operation, Tree
from exprlearn.scoring.metrics import number
from exprlearn.scoring.mistakes.replaying import Number, calculated, replay

REMAINDER = " r "


def rounded(tree: Tree, operation: Operation) -> Iterator[Number]:
    """Yield the values of an expression each of whose quotients is rounded in another way.

    >>> from exprlearn.arithmetic import parse
    >>> list(rounded(parse("7/2*2"), "exact"))
    [6, 8, 6, 8]
    """
    for way in (math.floor, math.ceil, math.trunc, _half_up):

        def calculate(count: int, sign: str, left: Number, right: Number, way: object = way) -> Number | None:
            result = calculated(sign, left, right)
            return result if sign != "/" or result is None else way(Fraction(result))  # type: ignore[operator]

        value = replay(tree, calculate)
        if value is not None:
            yield value


def cut_off(answer: str, value: Fraction) -> bool:
    """Tell whether an answer is a value rounded or cut to as many digits as the answer has, or the value itself.

    >>> cut_off("3", Fraction(17, 5)), cut_off("0.66", Fraction(2, 3)), cut_off("0.6", Fraction(17, 5))
    (True, True, False)
    """
    found = number(answer)
    if found is None:
        return False
    if found == value:
        return True
    decimals = len(answer.partition(".")[2])
    return "/" not in answer and value.denominator != 1 and abs(found - value) < Fraction(1, 10**decimals)


def remainder_wrong(answer: str, truth: str) -> bool:
    """Tell whether only the remainder differs, or the quotient by one and the remainder with it.

    >>> remainder_wrong("3", "3 r 2"), remainder_wrong("3 r 1", "3 r 2"), remainder_wrong("5 r 2", "3 r 2")
    (True, True, False)
    """
    if REMAINDER not in answer + truth:
        return False
    found, right = (number(text.partition(REMAINDER)[0]) for text in (answer, truth))
    return found is not None and right is not None and abs(found - right) <= 1


def _half_up(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))
