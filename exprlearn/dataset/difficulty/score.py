"""One number for how hard an expression is: points for each feature, added up."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from exprlearn.arithmetic.values import Integers
from exprlearn.dataset.difficulty.features import FEATURES
from exprlearn.errors import suggest

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
