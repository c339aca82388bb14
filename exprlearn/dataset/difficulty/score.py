"""One number for how hard an expression is: points for each feature, added up."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.steps import Integers
from exprlearn.dataset.difficulty.features import FEATURES

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

    >>> from exprlearn.dataset.difficulty.features import features_of
    >>> [int(scores(features_of(text))) for text in ("1+2", "95+8", "95*8", "(95+8)*2")]
    [46, 98, 94, 146]
    """
    points = np.array([weights[name] for name in FEATURES], np.int64)
    columns = np.array([features[name] for name in FEATURES], np.int64) if isinstance(features, Mapping) else features
    added: Integers = columns @ points
    return added
