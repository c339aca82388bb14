"""Operators that break one check each: their names are the names of the checks."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import count
from typing import Any

from exprlearn.plugin import OperatorSpec, hookimpl

TURNS = count()


def operator(name: str, sign: str, calculate: Any, **fields: Any) -> OperatorSpec:
    return OperatorSpec(name=name, summary="Broken.", sign=sign, calculate=calculate, **fields)


def square_often(number: Fraction) -> Fraction:
    # Of numbers as they are written it stays small.
    return number if abs(number) < 10**6 else number**8000


@hookimpl
def exprlearn_operators() -> Iterator[OperatorSpec]:
    yield operator("it-gives-exact-values-or-says-why-there-is-none", "~", lambda a, b: float(a))
    yield operator(
        "huge-operands-are-computed-or-refused-within-a-second", "huge", square_often, form="function", arity=1
    )
    yield operator("it-is-commutative-just-as-it-says", "~", lambda a, b: a - b if a < 0 else a + b, commutative=True)
    yield operator("its-sign-is-read-in-no-other-way", "*-", lambda a, b: a)
    yield operator("expressions-with-it-are-read-and-answered", "~", lambda a, b: a + next(TURNS))
