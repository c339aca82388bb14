"""How hard an expression is, computed from the expression itself: exact features, and one score made of them."""

from __future__ import annotations

from exprlearn.dataset.difficulty.blocks import block_features, block_scores
from exprlearn.dataset.difficulty.features import FEATURES, features_of
from exprlearn.dataset.difficulty.score import WEIGHTS, scores

__all__ = ["FEATURES", "WEIGHTS", "block_features", "block_scores", "features_of", "scores"]
