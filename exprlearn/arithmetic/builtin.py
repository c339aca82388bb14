"""The built-in division policies, offered through the same hook as any plugin's."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.arithmetic.divisions import (
    DecimalOptions,
    DecimalPolicy,
    ExactOnlyPolicy,
    FloorPolicy,
    FloorRemainderPolicy,
    FractionPolicy,
)
from exprlearn.plugin import DivisionSpec, hookimpl


@hookimpl
def exprlearn_divisions() -> Iterable[DivisionSpec]:
    """Yield the built-in division policies."""
    yield DivisionSpec(
        name="exact-only",
        summary="Exact values; only integers are answers.",
        make=lambda options: ExactOnlyPolicy(),
    )
    yield DivisionSpec(
        name="fraction",
        summary="Exact values, written as reduced fractions: 17/5.",
        make=lambda options: FractionPolicy(),
    )
    yield DivisionSpec(
        name="floor",
        summary="Every division rounds down: -7/2 is -4.",
        make=lambda options: FloorPolicy(),
    )
    yield DivisionSpec(
        name="floor-remainder",
        summary="Every division rounds down; a last one names its remainder: 3 r 2.",
        make=lambda options: FloorRemainderPolicy(),
    )
    yield DivisionSpec(
        name="decimal",
        summary="Exact values, rounded once to decimals: 3.4.",
        options=DecimalOptions,
        make=DecimalPolicy,
    )
