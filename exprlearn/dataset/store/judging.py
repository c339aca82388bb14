"""From blocks of expressions to rows: those that are examples of a part, with all that a dataset says of them."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.canonical_blocks import canonical_keys
from exprlearn.dataset.difficulty import block_scores
from exprlearn.dataset.drawing.split import SPLITS, split_codes
from exprlearn.dataset.searching import Search
from exprlearn.dataset.store.rows import Rows, block_calculations, joined
from exprlearn.dataset.streaming import ExampleStream

if TYPE_CHECKING:
    from exprlearn.sampling.block import Block


class Judge:
    """Makes rows of one part.

    Args:
        source: the part.
    """

    def __init__(self, source: ExampleStream) -> None:
        self.source = source
        space = source.stream.space
        self._starts = (0, *accumulate(stratum.size for stratum in space.strata))
        self._sizes = tuple(stratum.sizes for stratum in space.strata)

    def rows(self, place: int, block: Block, items: NDArray[np.int64], search: Search | None = None) -> Rows:
        """Keep the expressions of a block that are examples of the part.

        Args:
            place: the stratum of the block.
            block: n expressions.
            items: int64 [n], where each comes among the rows.
            search: hears of what is rejected.
        """
        source, answering = self.source, self.source.answering
        keys = canonical_keys(block, answering.programs(block.skeletons), source.level)
        own = np.arange(len(block))
        if source.by_content:
            own = np.flatnonzero(split_codes(keys, source.salt) == SPLITS.index(source.part))
        answered = answering.answer_block(block.chosen(own))
        if search is not None:
            search.note(0, 0, len(own), answered.rejected)
        kept = own[answered.kept]
        block, programs = block.chosen(kept), answering.programs(block.skeletons)
        start = self._starts[place]
        return Rows(
            source.part,
            block.expressions,
            answered.answers[answered.kept],
            [start + index for index in block.indices],
            np.full(len(kept), place, np.int64),
            block_calculations(block, programs),
            block_scores(block, programs),
            keys[kept],
            items[kept],
            self._sizes,
        )

    def woven(self, pieces: list[Rows]) -> Rows:
        """Put rows in the order of their items."""
        if not pieces:
            text, number = np.empty(0, "<U1"), np.empty(0, np.int64)
            keys = np.empty(0, np.uint64)
            return Rows(self.source.part, text, text, [], number, number, number, keys, number, self._sizes)
        rows = joined(pieces)
        return rows.reordered(np.argsort(rows.items))
