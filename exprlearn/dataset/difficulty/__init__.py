"""How hard an expression is, computed from the expression itself: exact features, and one score made of them."""

from __future__ import annotations

from exprlearn.dataset.difficulty.blocks import block_features, block_scores, sample_scores
from exprlearn.dataset.difficulty.features import FEATURES, WEIGHTS, Weights, features_of, scores, weights_of

__all__ = [
    "FEATURES",
    "WEIGHTS",
    "Weights",
    "block_features",
    "block_scores",
    "features_of",
    "sample_scores",
    "scores",
    "weights_of",
]
