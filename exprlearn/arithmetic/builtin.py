"""The built-in division policies, offered through the same hook as any plugin's."""

from __future__ import annotations

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
)
from exprlearn.plugin import DivisionSpec, NoOptions, hookimpl

_WITHOUT_OPTIONS = (
    ("exact-only", ExactOnlyPolicy, "Exact values; only integers are answers."),
    ("fraction", FractionPolicy, "Exact values, written as reduced fractions: 17/5."),
    ("floor", FloorPolicy, "Every division rounds down: -7/2 is -4."),
    ("floor-remainder", FloorRemainderPolicy, "Every division rounds down; a last one names its remainder: 3 r 2."),
)


@hookimpl
def exprlearn_divisions() -> Iterable[DivisionSpec]:
    """Yield the built-in division policies."""
    for name, policy, summary in _WITHOUT_OPTIONS:
        yield DivisionSpec(name=name, summary=summary, make=partial(_make, policy))
    yield DivisionSpec(
        name="decimal",
        summary="Exact values, rounded once to decimals: 3.4.",
        options=DecimalOptions,
        make=DecimalPolicy,
    )


def _make(policy: type[DivisionPolicy], options: NoOptions) -> DivisionPolicy:
    return policy()
