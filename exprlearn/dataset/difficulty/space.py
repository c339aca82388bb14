"""How hard the expressions of a space are, measured on a sample that is the same each time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from exprlearn.arithmetic import block_values, compile_skeletons
from exprlearn.arithmetic.steps import Integers
from exprlearn.dataset.difficulty.blocks import block_features
from exprlearn.dataset.difficulty.score import WEIGHTS, scores
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stream import Stream


def sampled_scores(space: ExpressionSpace, count: int, weights: Mapping[str, int] = WEIGHTS) -> Integers:
    """Score the first `count` expressions of a stream of its own, drawn as training examples are; int64 [m], rising.

    What divides by zero has no difficulty and is left out.

    >>> sampled_scores(ExpressionSpace.from_file("addition", ranges="0..9"), 4096)[[0, -1]].tolist()
    [46, 68]
    """
    found = [np.empty(0, np.int64)]
    for _, block in Stream(space, 0, "difficulty").items(0, count).parts:
        values = block_values(block, compile_skeletons(block.skeletons))
        found.append(scores(block_features(block, values), weights)[values.defined])
    return np.sort(np.concatenate(found))
