"""Comparisons, which are true or false: `3<5`."""

from __future__ import annotations

import operator

from exprlearn.plugin import OperatorSpec

_COMPARED = (
    ("less", "<", operator.lt, "less than"),
    ("greater", ">", operator.gt, "greater than"),
    ("at-most", "<=", operator.le, "at most"),
    ("at-least", ">=", operator.ge, "at least"),
    ("equal", "==", operator.eq, "equal to"),
    ("unequal", "!=", operator.ne, "not equal to"),
)

COMPARISONS = tuple(
    OperatorSpec(
        name=name,
        summary=f"Whether a number is {words} another: 3{sign}5 is {str(calculate(3, 5)).lower()}.",
        sign=sign,
        precedence=0,
        commutative=sign in ("==", "!="),
        gives="truth",
        calculate=calculate,
    )
    for name, sign, calculate, words in _COMPARED
)
