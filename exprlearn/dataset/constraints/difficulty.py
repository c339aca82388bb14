"""Keep expressions of a wanted difficulty, as the score tells it."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from exprlearn.arithmetic import Programs, Values, block_values, compile_skeletons
from exprlearn.dataset.difficulty.blocks import block_features
from exprlearn.dataset.difficulty.features import features_of
from exprlearn.dataset.difficulty.score import scores
from exprlearn.dataset.difficulty.weighing import Weights, weights_of
from exprlearn.plugin import Options
from exprlearn.sampling.block import Block
from exprlearn.sampling.skeletons import SkeletonTable


class DifficultyOptions(Options):
    """How many points an expression may have."""

    minimum: Annotated[int, Field(ge=0, description="points at least")] = 0
    maximum: Annotated[int | None, Field(ge=0, description="points at most; none sets no limit")] = None
    weights: Weights = Field(default={})


class DifficultyConstraint:
    """Keeps expressions whose difficulty lies within bounds; quotients are taken exactly, whatever division does.

    >>> easy = DifficultyConstraint(DifficultyOptions(maximum=60))
    >>> [easy.holds(text, Fraction(0)) for text in ("1+2", "95+8")]
    [True, False]
    """

    def __init__(self, options: DifficultyOptions | None = None) -> None:
        self.options = options or DifficultyOptions()
        self._weights = weights_of(self.options.weights)
        self._programs: WeakKeyDictionary[SkeletonTable, Programs] = WeakKeyDictionary()

    def __str__(self) -> str:
        maximum = "" if self.options.maximum is None else self.options.maximum
        return f"difficulty {self.options.minimum}..{maximum}"

    def keep(self, block: Block, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it is of the wanted difficulty; bool [n]."""
        if values.operation != "exact":
            values = block_values(block, self._compiled(block.skeletons), "exact")
        points = scores(block_features(block, values), self._weights)
        kept: NDArray[np.bool_] = points >= self.options.minimum
        return kept if self.options.maximum is None else kept & (points <= self.options.maximum)

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `expression` is of the wanted difficulty."""
        points = int(scores(features_of(expression), self._weights))
        return points >= self.options.minimum and (self.options.maximum is None or points <= self.options.maximum)

    def _compiled(self, table: SkeletonTable) -> Programs:
        found = self._programs.get(table)
        if found is None:
            found = self._programs[table] = compile_skeletons(table)
        return found
