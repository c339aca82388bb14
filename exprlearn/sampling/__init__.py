"""Spaces of expressions: counted exactly, indexed, drawn without repeats, one by one or in blocks."""

from __future__ import annotations

from exprlearn.sampling.space import ExpressionSpace
from exprlearn.sampling.stratum import Sizes, Stratum
from exprlearn.sampling.stream import MixedBlock, Stream
from exprlearn.sampling.writing.block import Block, SkeletonTable

__all__ = ["Block", "ExpressionSpace", "MixedBlock", "Sizes", "SkeletonTable", "Stratum", "Stream"]
