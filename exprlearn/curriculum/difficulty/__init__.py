"""How hard an expression is, computed from the expression itself: exact features, and one score made of them."""

from __future__ import annotations

from exprlearn.curriculum.difficulty.blocks import block_features
from exprlearn.curriculum.difficulty.features import FEATURES, features_of
from exprlearn.curriculum.difficulty.score import WEIGHTS, scores

__all__ = ["FEATURES", "WEIGHTS", "block_features", "features_of", "scores"]
