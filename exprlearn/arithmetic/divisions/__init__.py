"""Division policies: how `/` computes and how an answer is written, one policy a file."""

from __future__ import annotations

from exprlearn.arithmetic.divisions.decimal import DecimalOptions, DecimalPolicy
from exprlearn.arithmetic.divisions.exact_only import ExactOnlyPolicy
from exprlearn.arithmetic.divisions.floor import FloorPolicy
from exprlearn.arithmetic.divisions.floor_remainder import FloorRemainderPolicy
from exprlearn.arithmetic.divisions.fraction import FractionPolicy
from exprlearn.arithmetic.divisions.policy import DivisionPolicy, answer

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
