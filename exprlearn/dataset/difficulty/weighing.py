"""Points of one's own, as the options of a component hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from exprlearn.dataset.difficulty.features import FEATURES
from exprlearn.dataset.difficulty.score import WEIGHTS
from exprlearn.errors import suggest


def _known(weights: dict[str, int]) -> dict[str, int]:
    for name in weights:
        if name not in FEATURES:
            raise ValueError(f"'{name}' is no feature: {suggest(name, list(FEATURES))}")
    return weights


Weights = Annotated[
    dict[str, Annotated[int, Field(ge=0)]],
    AfterValidator(_known),
    Field(description="points by feature, others have none; left out: the usual ones"),
]


def weights_of(given: Mapping[str, int]) -> Mapping[str, int]:
    """Return the points for every feature.

    >>> weights_of({"carries": 3})["carries"], weights_of({"carries": 3})["terms"], weights_of({})["terms"]
    (3, 0, 10)
    """
    return {name: given.get(name, 0) for name in FEATURES} if given else WEIGHTS
