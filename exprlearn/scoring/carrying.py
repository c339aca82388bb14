"""How often an expression carries and borrows when it is done on paper."""

from __future__ import annotations

from exprlearn.arithmetic import UNLIMITED, calculations, parse
from exprlearn.dataset.difficulty.features import carries_of
from exprlearn.errors import EvaluationError


def carries_and_borrows(expression: str) -> tuple[int, int] | None:
    """Count the carries and the borrows of all sums and differences of whole numbers on the way; None without a value.

    Equal signs add and may carry, unequal signs take the smaller magnitude from the larger and may borrow. Products
    and quotients count nothing.

    >>> [carries_and_borrows(text) for text in ("88+77", "52-17", "(1+2)*3", "1/0")]
    [(2, 0), (0, 1), (0, 0), None]
    """
    try:
        steps = calculations(parse(expression, limits=UNLIMITED), limits=UNLIMITED)
    except EvaluationError:
        return None
    carries, borrows, _ = carries_of(steps)
    return carries, borrows
