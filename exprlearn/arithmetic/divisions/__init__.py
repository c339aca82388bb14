"""Division policies: how `/` computes and how an answer is written, one policy a file."""

from __future__ import annotations

from exprlearn.arithmetic.divisions import (
    DecimalOptions,
    DecimalPolicy,
    DivisionPolicy,
    ExactOnlyPolicy,
    FloorPolicy,
    FloorRemainderPolicy,
    FractionPolicy,
    answer,
)

__all__ = [
    "DecimalOptions",
    "DecimalPolicy",
    "DivisionPolicy",
    "ExactOnlyPolicy",
    "FloorPolicy",
    "FloorRemainderPolicy",
    "FractionPolicy",
    "answer",
]
