"""Spaces of expressions: counted exactly, indexed, drawn without repeats."""

from __future__ import annotations

from exprlearn.sampling.sizes import Sizes
from exprlearn.sampling.space import ExpressionSpace
from exprlearn.sampling.stratum import Stratum

__all__ = ["ExpressionSpace", "Sizes", "Stratum"]
