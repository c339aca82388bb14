"""Exact answers: text to rational numbers, one at a time or in blocks, and how answers are written.

What works on blocks or writes answers needs numpy and plugins, and is imported when it is asked for: one expression is
evaluated without them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from exprlearn.arithmetic.evaluation import Operation, calculations, evaluate, value_of
from exprlearn.arithmetic.parsing import DEFAULT_LIMITS, UNLIMITED, Limits, Tree, parse, plain_signs

if TYPE_CHECKING:
    from exprlearn.arithmetic.divisions import DivisionPolicy, answer
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

_NAMES = {
    "divisions": ("DivisionPolicy", "answer"),
    "programs": ("Programs", "compile_skeletons"),
    "values": ("Values", "block_values"),
}


def __getattr__(name: str) -> Any:
    for module, names in _NAMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute {name!r}")
