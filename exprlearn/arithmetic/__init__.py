"""Exact answers: text to rational numbers, one at a time or in blocks, and how answers are written."""

from __future__ import annotations

from exprlearn.arithmetic.divisions import DivisionPolicy, answer
from exprlearn.arithmetic.evaluation import Operation, calculations, evaluate, value_of
from exprlearn.arithmetic.parsing import DEFAULT_LIMITS, UNLIMITED, Limits, Tree, parse, plain_signs
from exprlearn.arithmetic.programs import Programs, compile_skeletons
from exprlearn.arithmetic.values import Values, block_values

__all__ = [
    "DEFAULT_LIMITS",
    "UNLIMITED",
    "DivisionPolicy",
    "Limits",
    "Operation",
    "Programs",
    "Tree",
    "Values",
    "answer",
    "block_values",
    "calculations",
    "compile_skeletons",
    "evaluate",
    "parse",
    "plain_signs",
    "value_of",
]
