"""Every division rounds down."""

from __future__ import annotations

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.arithmetic.evaluation import Operation


class FloorPolicy(ExactOnlyPolicy):
    """Rounds every quotient down, towards minus infinity, as Python's `//`; all values stay whole.

    `-7/2` is -4, and `7/2*2` is 6, since the division is done first.

    >>> from exprlearn.arithmetic.divisions import answer
    >>> answer("-7/2", FloorPolicy()), answer("7/2*2", FloorPolicy())
    ('-4', '6')
    """

    operation: Operation = "floor"

    def __str__(self) -> str:
        return "floor"
