"""How hard an expression is, computed from the expression itself: exact features, and one score made of them."""

from __future__ import annotations

from exprlearn.dataset.difficulty.blocks import block_features, block_scores, sample_scores, spread
from exprlearn.dataset.difficulty.features import (
    FEATURES,
    UNKNOWN,
    WEIGHTS,
    Weights,
    even_cuts,
    features_of,
    points_of,
    scores,
    weights_of,
)

__all__ = [
    "FEATURES",
    "UNKNOWN",
    "WEIGHTS",
    "Weights",
    "block_features",
    "block_scores",
    "even_cuts",
    "features_of",
    "points_of",
    "sample_scores",
    "scores",
    "spread",
    "weights_of",
]
