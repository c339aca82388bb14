"""How hard an expression is: its features, read off its text one by one, and points for each, added up.

Features of texts are slow and plain: they are what those of blocks are tested against.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from exprlearn.arithmetic import UNLIMITED, Operation, calculations, parse, plain_signs, value_of
from exprlearn.arithmetic.carries import count_carries
from exprlearn.arithmetic.evaluation import Calculation
from exprlearn.arithmetic.numerals import write_digits
from exprlearn.arithmetic.operators import Rational
from exprlearn.arithmetic.values import Integers
from exprlearn.errors import DivisionByZero, ExpressionSyntaxError, UnknownOperator, suggest

FEATURES: Mapping[str, str] = MappingProxyType(
    {
        "terms": "how many numbers there are",
        "depth": "how deep brackets nest",
        "digits": "digits of all numbers together",
        "magnitude": "digits of the largest number",
        "operators": "how many different operators there are",
        "multiplications": "how many products",
        "divisions": "how many quotients",
        "uneven": "how many quotients do not come out even",
        "carries": "carries of sums of equal signs",
        "borrows": "borrows of sums of unequal signs",
        "cascade": "the longest run of carries or borrows without a gap",
        "intermediates": "digits of the largest number on the way, the value included",
        "answer": "characters of the value, with its sign and the stroke of a fraction",
    }
)
"""What is measured of an expression; integers ≥ 0. Sums with a fraction carry and borrow nothing."""


def features_of(expression: str, operation: Operation = "exact") -> dict[str, int]:
    """Measure one expression; one that divides by zero has no features but zeros.

    Raises:
        ExpressionSyntaxError: the text is no arithmetic expression.

    >>> {name: count for name, count in features_of("(95+8)*2-1/2").items() if count}  # doctest: +NORMALIZE_WHITESPACE
    {'terms': 5, 'depth': 1, 'digits': 6, 'magnitude': 2, 'operators': 4, 'multiplications': 1, 'divisions': 1,
     'uneven': 1, 'carries': 2, 'cascade': 2, 'intermediates': 3, 'answer': 5}
    """
    tree = parse(expression, limits=UNLIMITED)
    try:
        steps = calculations(tree, operation=operation, limits=UNLIMITED)
        value = value_of(tree, operation=operation, limits=UNLIMITED)
    except DivisionByZero:
        return dict.fromkeys(FEATURES, 0)
    numbers = [number for number in tree.numbers if isinstance(number, int)]
    signs = [step.operator for step in steps]
    largest = [_digits(step.result) for step in steps]
    return {
        "terms": len(tree.numbers),
        "depth": _depth(plain_signs(expression)),
        "digits": sum(len(write_digits(number)) for number in numbers),
        "magnitude": max((len(write_digits(number)) for number in numbers), default=0),
        "operators": len(set(signs)),
        "multiplications": signs.count("*"),
        "divisions": signs.count("/"),
        "uneven": sum(step.operator == "/" and not _is_even(step) for step in steps),
        **count_carries(steps)._asdict(),
        "intermediates": max(largest, default=_digits((value.numerator, value.denominator))),
        "answer": _characters((value.numerator, value.denominator)),
    }


#: The points of an expression with an operator of which none are known.
UNKNOWN = -1


def points_of(expression: str) -> int:
    """Tell the difficulty of one expression in points, `UNKNOWN` where it has operators of plugins.

    >>> points_of("1+2"), points_of("2^3")
    (46, -1)
    """
    try:
        return int(scores(features_of(expression)))
    except (ExpressionSyntaxError, UnknownOperator):
        return UNKNOWN


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest


def _is_even(step: Calculation) -> bool:
    """Tell whether a quotient is an integer before any rounding."""
    return (step.left[0] * step.right[1]) % (step.left[1] * step.right[0]) == 0


def _digits(value: Rational) -> int:
    """Count the digits of the longer one of numerator and denominator."""
    return max(len(write_digits(abs(value[0]))), len(write_digits(value[1])))


def _characters(value: Rational) -> int:
    below = 0 if value[1] == 1 else 1 + len(write_digits(value[1]))
    return (value[0] < 0) + len(write_digits(abs(value[0]))) + below


WEIGHTS: Mapping[str, int] = MappingProxyType(
    {
        "terms": 10,
        "depth": 10,
        "digits": 3,
        "magnitude": 5,
        "operators": 5,
        "multiplications": 20,
        "divisions": 20,
        "uneven": 20,
        "carries": 6,
        "borrows": 8,
        "cascade": 6,
        "intermediates": 5,
        "answer": 5,
    }
)
"""Points for one more of each feature. Whole numbers, so that a score is exact on every machine."""


def scores(features: NDArray[np.int64] | Mapping[str, int], weights: Mapping[str, int] = WEIGHTS) -> Integers:
    """Add the points up: int64 [n] for features [n, features], one number for those of one expression.

    >>> [int(scores(features_of(text))) for text in ("1+2", "95+8", "95*8", "(95+8)*2")]
    [46, 98, 94, 146]
    """
    points = np.array([weights[name] for name in FEATURES], np.int64)
    columns = np.array([features[name] for name in FEATURES], np.int64) if isinstance(features, Mapping) else features
    added: Integers = columns @ points
    return added


def even_cuts(points: Integers, parts: int) -> tuple[int, ...]:
    """Cut rising scores, int64 [n], into even parts; return the points that each part but the last has at most.

    >>> even_cuts(np.array([46, 51, 51, 58, 60, 68]), 3)
    (51, 60)
    """
    return tuple(int(points[len(points) * part // parts]) for part in range(1, parts))


def _check_names(weights: dict[str, int]) -> dict[str, int]:
    for name in weights:
        if name not in FEATURES:
            raise ValueError(f"'{name}' is no feature: {suggest(name, list(FEATURES))}")
    return weights


#: Points of one's own, as the options of a component hold them.
Weights = Annotated[
    dict[str, Annotated[int, Field(ge=0)]],
    AfterValidator(_check_names),
    Field(description="points by feature, others have none; left out: the usual ones"),
]


def weights_of(given: Mapping[str, int]) -> Mapping[str, int]:
    """Return the points for every feature.

    >>> weights_of({"carries": 3})["carries"], weights_of({"carries": 3})["terms"], weights_of({})["terms"]
    (3, 0, 10)
    """
    return {name: given.get(name, 0) for name in FEATURES} if given else WEIGHTS
