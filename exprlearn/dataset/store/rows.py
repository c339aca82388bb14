"""Rows: examples with what a dataset says about each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import Programs, parse
from exprlearn.arithmetic.programs import NOTHING
from exprlearn.arithmetic.tree import BRACKETS
from exprlearn.dataset.drawing.split import Split

if TYPE_CHECKING:
    from exprlearn.sampling.block import Block
    from exprlearn.sampling.sizes import Sizes


@dataclass(frozen=True, eq=False)
class Rows:
    """n rows of one part.

    Attributes:
        part: the part of the data.
        expressions: '<U' [n].
        answers: '<U' [n].
        indices: the index of each expression in the space.
        strata: int64 [n], places in `sizes`.
        calculations: int64 [n], how many calculations each answer takes.
        difficulties: int64 [n], the difficulty of each expression in points.
        keys: uint64 [n], canonical keys.
        items: int64 [n], rising: their places in the slice's stream of expressions.
        sizes: the sizes of every stratum of the space.
    """

    part: Split
    expressions: NDArray[np.str_]
    answers: NDArray[np.str_]
    indices: list[int]
    strata: NDArray[np.int64]
    calculations: NDArray[np.int64]
    difficulties: NDArray[np.int64]
    keys: NDArray[np.uint64]
    items: NDArray[np.int64]
    sizes: tuple[Sizes, ...]

    def __len__(self) -> int:
        return len(self.expressions)

    def reordered(self, order: NDArray[np.intp]) -> Rows:
        """Return the rows in another order."""
        indices = self.indices
        return replace(
            self,
            expressions=self.expressions[order],
            answers=self.answers[order],
            indices=[indices[place] for place in order.tolist()],
            strata=self.strata[order],
            calculations=self.calculations[order],
            difficulties=self.difficulties[order],
            keys=self.keys[order],
            items=self.items[order],
        )

    def between(self, start: int, stop: int) -> Rows:
        """Return the rows from start to stop."""
        if start <= 0 and stop >= len(self):
            return self
        return replace(
            self,
            expressions=self.expressions[start:stop],
            answers=self.answers[start:stop],
            indices=self.indices[start:stop],
            strata=self.strata[start:stop],
            calculations=self.calculations[start:stop],
            difficulties=self.difficulties[start:stop],
            keys=self.keys[start:stop],
            items=self.items[start:stop],
        )


def joined(pieces: list[Rows]) -> Rows:
    """Put rows of the same part one behind the other."""
    return replace(
        pieces[0],
        expressions=np.concatenate([piece.expressions for piece in pieces]),
        answers=np.concatenate([piece.answers for piece in pieces]),
        indices=[index for piece in pieces for index in piece.indices],
        strata=np.concatenate([piece.strata for piece in pieces]),
        calculations=np.concatenate([piece.calculations for piece in pieces]),
        difficulties=np.concatenate([piece.difficulties for piece in pieces]),
        keys=np.concatenate([piece.keys for piece in pieces]),
        items=np.concatenate([piece.items for piece in pieces]),
    )


def block_calculations(block: Block, programs: Programs) -> NDArray[np.int64]:
    """Count the calculations of every expression of a block, signs included; int64 [n]."""
    counts: NDArray[np.int64] = (programs.operations[block.rows] != NOTHING).sum(axis=1, dtype=np.int64)
    for row in np.flatnonzero(programs.by_text[block.rows]).tolist():
        counts[row] = calculations(str(block.expressions[row]))
    return counts


def calculations(expression: str) -> int:
    """Count the calculations of an expression.

    Raises:
        ExpressionSyntaxError: it is none.

    >>> calculations("(1+2)*-3")
    3
    """
    return sum(not isinstance(step, int) and step != BRACKETS for step in parse(expression).steps)
