"""The built-in operators and division policies, offered through the same hooks as any plugin's."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import partial

from exprlearn.arithmetic.divisions import (
    DecimalOptions,
    DecimalPolicy,
    DivisionPolicy,
    ExactOnlyPolicy,
    FloorPolicy,
    FloorRemainderPolicy,
    FractionPolicy,
    ModularOptions,
    ModularPolicy,
)
from exprlearn.arithmetic.operators import NEGATE, PRECEDENCE
from exprlearn.plugin import DivisionSpec, NoOptions, OperatorSpec, hookimpl

_WITHOUT_OPTIONS = (
    ("exact-only", ExactOnlyPolicy, "Exact values; only integers are answers."),
    ("fraction", FractionPolicy, "Exact values, written as reduced fractions: 17/5."),
    ("floor", FloorPolicy, "Every division rounds down: -7/2 is -4."),
    ("floor-remainder", FloorRemainderPolicy, "Every division rounds down; a last one names its remainder: 3 r 2."),
)


@hookimpl
def exprlearn_operators() -> Iterable[OperatorSpec]:
    """Yield the built-in operators, which blocks of expressions are computed with."""
    for name, sign, commutative, summary, calculate in (
        ("add", "+", True, "The sum: 2+3 is 5.", operator.add),
        ("subtract", "-", False, "The difference: 2-3 is -1.", operator.sub),
        ("multiply", "*", True, "The product: 2*3 is 6.", operator.mul),
        ("divide", "/", False, "The quotient, exact: 2/3. Division policies round it.", operator.truediv),
    ):
        yield OperatorSpec(
            name=name,
            summary=summary,
            sign=sign,
            precedence=PRECEDENCE[sign],
            commutative=commutative,
            calculate=calculate,
        )
    yield OperatorSpec(
        name="negate",
        summary="The opposite: -3.",
        sign="-",
        form="prefix",
        precedence=PRECEDENCE[NEGATE],
        calculate=operator.neg,
    )


@hookimpl
def exprlearn_divisions() -> Iterable[DivisionSpec]:
    """Yield the built-in division policies."""
    for name, policy, summary in _WITHOUT_OPTIONS:
        yield DivisionSpec(name=name, summary=summary, make=partial(_make, policy))
    yield DivisionSpec(
        name="modular",
        summary="Whole numbers below a modulus, division by inverses: 50+60 is 13 modulo 97.",
        options=ModularOptions,
        make=ModularPolicy,
    )
    yield DivisionSpec(
        name="decimal",
        summary="Exact values, rounded once to decimals: 3.4.",
        options=DecimalOptions,
        make=DecimalPolicy,
    )


def _make(policy: type[DivisionPolicy], options: NoOptions) -> DivisionPolicy:
    return policy()
