"""Rows in which every answer comes equally often, as far as there are expressions for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exprlearn.config import RunConfig
from exprlearn.dataset.answering import Answering
from exprlearn.dataset.balance.stream import BalancedStream
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.proof import SplitBy
from exprlearn.dataset.splits import balanced_results, fixed_items
from exprlearn.dataset.store.balanced_slices import BalancedSlice
from exprlearn.dataset.store.judging import Judge
from exprlearn.dataset.store.planning import Piece
from exprlearn.dataset.store.rows import Rows
from exprlearn.dataset.store.supply import Supply, is_countable, is_plenty
from exprlearn.dataset.streaming import ExampleStream
from exprlearn.sampling import ExpressionSpace, Stream

_AT_ONCE: Final = 1 << 14

# Spaces up to this size are counted when they may be too small; a few minutes.
_COUNTABLE: Final = 1 << 24


class ByResult:
    """Draws every answer equally often, and no expression twice; see `drawing.Drawing`.

    Raises:
        DataError: the tables would be too large, or answers do not follow from values.
    """

    by: SplitBy = "content"
    lengths: Sequence[int] | None = None
    answers: int | None

    def __init__(self, space: ExpressionSpace, answering: Answering, config: RunConfig) -> None:
        level = config.data.level
        self._answering, self._asked, self._seed = answering, config.data, config.seed
        self._results = balanced_results(space, answering, level=level)
        self.train = ExampleStream(Stream(space, config.seed), answering, "train", level=level)
        self.answers = len(self._results.table.answers)
        self._held_out = cache(self._found)

    def supply(self, asked: Mapping[Split, int], slices: int) -> Supply:
        """Count what there is; held-out parts are smaller where expressions that differ run out."""
        held_out = {part: len(self._held_out(part)[1]) for part in SPLITS[1:] if asked[part]}
        sizes = [stratum.size for stratum in self.train.stream.space.strata]
        is_known = is_countable(self.train.stream, sizes, _COUNTABLE)
        if not is_known or is_plenty(self.train, {"train": asked["train"]}, sizes):
            return Supply(held_out, None)
        counts = (sum(map(len, BalancedSlice(self.train, self._results, n, slices).rows())) for n in range(slices))
        return Supply(held_out, tuple(counts))

    def rows(self, piece: Piece) -> Iterator[Rows]:
        """Yield the rows of a piece.

        Raises:
            DataError: there are fewer.
        """
        if piece.part == "train":
            return BalancedSlice(self.train, self._results, piece.slice, piece.slices).take(piece.rows)
        return self._set_aside(piece)

    def _found(self, part: Split) -> tuple[ExampleStream, NDArray[np.int64]]:
        """Find the held-out examples that training is judged by, as items of their stream."""
        stream = BalancedStream(Stream(self.train.stream.space, self._seed, part), self._results, part)
        source = ExampleStream(stream, self._answering, part, level=self.train.level)
        return source, fixed_items(source, getattr(self._asked, part))[1]

    def _set_aside(self, piece: Piece) -> Iterator[Rows]:
        source, items = self._held_out(piece.part)
        items = items[piece.skip : piece.skip + piece.rows]
        judge = Judge(source)
        starts = list(accumulate(stratum.size for stratum in source.stream.space.strata))
        for window in np.unique(items // _AT_ONCE).tolist():
            wanted = items[items // _AT_ONCE == window]
            first = int(wanted[0])
            block = source.stream.items(first, int(wanted[-1]) + 1)
            pieces = []
            for (found, part), start in zip(block.parts, block.starts, strict=True):
                chosen = np.flatnonzero(np.isin(found + first, wanted))
                place = bisect_right(starts, start)
                pieces.append(judge.rows(place, part.chosen(chosen), found[chosen] + first))
            yield judge.woven(pieces)
