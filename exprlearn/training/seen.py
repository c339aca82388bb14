"""Which sizes of expressions a training has seen, where it learned from a fixed set."""

from __future__ import annotations

from exprlearn.config import DataSection
from exprlearn.dataset import Splits
from exprlearn.scoring.breakdown import Axis, depth, digits, terms

#: Larger sets hold every size that matters; looking through them costs time.
MOST = 200_000


def seen_sizes(data: DataSection, splits: Splits) -> dict[str, Axis]:
    """Return the axis `sizes`: whether training examples have as many terms, digits and levels of brackets.

    Without a fixed set (`data.train = 0`) every size of the space may be drawn, and so with a large one: no axis then.
    """
    if not 0 < data.train <= MOST:
        return {}
    examples, _ = splits.train.take(data.train, start=0)
    seen = {_size(expression) for expression in examples.expressions.tolist()}
    return {"sizes": lambda expression, truth: "seen" if _size(expression) in seen else "unseen"}


def _size(expression: str) -> tuple[str, str, str]:
    return terms(expression), digits(expression), depth(expression)
