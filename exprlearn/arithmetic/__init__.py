"""Exact answers: text to rational numbers, one at a time or in blocks, and how answers are written."""

from __future__ import annotations

from exprlearn.arithmetic.evaluation import Operation, calculations, evaluate, value_of
from exprlearn.arithmetic.limits import DEFAULT_LIMITS, UNLIMITED, Limits
from exprlearn.arithmetic.parsing import parse
from exprlearn.arithmetic.signs import plain_signs
from exprlearn.arithmetic.tree import Tree

__all__ = [
    "DEFAULT_LIMITS",
    "UNLIMITED",
    "Limits",
    "Operation",
    "Tree",
    "calculations",
    "evaluate",
    "parse",
    "plain_signs",
    "value_of",
]
