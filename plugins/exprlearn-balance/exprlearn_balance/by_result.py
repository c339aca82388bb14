"""By result: every answer comes equally often, as far as there are expressions for it; splits are by content."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.drawing.example_stream import ExampleStream
from exprlearn.dataset.drawing.rows import Examples, Rows, weave
from exprlearn.dataset.drawing.slices import Availability, Piece, is_countable, is_plenty
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.plugin.kinds.drawing import DrawingContext
from exprlearn.sampling import Stream
from exprlearn_balance.results import ResultTable
from exprlearn_balance.slices import BalancedSlice
from exprlearn_balance.stream import BalancedResults, BalancedStream

_AT_ONCE: Final = 1 << 14

# Spaces up to this size are counted when they may be too small; a few minutes.
_COUNTABLE: Final = 1 << 24


class ByResult:
    """Draws every answer equally often, files without a repeat; see `exprlearn.plugin.kinds.drawing.Drawing`.

    Raises:
        DataError: the tables would be too large, or answers do not follow from values.
    """

    def __init__(self, context: DrawingContext) -> None:
        self.context = context
        # Only the sizes that the mix names count.
        self._plain = Stream(context.space, context.seed, mix=context.mix)
        places = [place for place, weight in enumerate(self._plain.mix) if weight]
        table = ResultTable(context.space, context.answering, places)
        self._results = BalancedResults(table, context.level, context.salt)
        self._held_out = cache(self._find_held_out)

    @cached_property
    def train(self) -> ExampleStream:
        """The training examples, without end."""
        return self._stream("train")

    def fixed(self, split: Split, count: int) -> Examples:
        """Take the first examples of a split that differ; raises as `ExampleStream.fixed_items` does."""
        return self._stream(split).fixed_items(count)[0]

    def rows(self, piece: Piece) -> Iterator[Rows]:
        """Yield the rows of a piece.

        Raises:
            DataError: there are fewer.
        """
        if piece.split == "train":
            return BalancedSlice(self._evenly, self._results, piece).take()
        return self._set_aside(piece)

    def availability(self, asked: Mapping[Split, int], slices: int) -> Availability:
        """Count what there is; held-out splits are smaller where expressions that differ run out."""
        held_out = {split: len(self._held_out(split)[1]) for split in SPLITS[1:] if asked[split]}
        sizes = [stratum.size for stratum in self.context.space.strata]
        is_known = is_countable(self._plain, sizes, _COUNTABLE)
        if not is_known or is_plenty(self._evenly, {"train": asked["train"]}, sizes):
            return Availability(held_out, None)
        pieces = (Piece("train", 0, slice=number, slices=slices) for number in range(slices))
        counts = (sum(map(len, BalancedSlice(self._evenly, self._results, piece).rows())) for piece in pieces)
        return Availability(held_out, tuple(counts))

    def notes(self, taken: Sequence[tuple[Piece, int]]) -> Iterator[str]:
        """Say how often an answer comes."""
        answers = len(self._results.table.answers)
        rounds = sorted({-(-reached // answers) for _, reached in taken})
        often = " to ".join(map(str, {rounds[0]: 0, rounds[-1]: 0}))
        yield (
            f"train is balanced by result: in a file every answer comes {often} times, or once less, "
            "or as often as there are expressions for it"
        )

    @cached_property
    def _evenly(self) -> ExampleStream:
        """The training split with every size evenly, as slices share it out."""
        context = self.context
        return ExampleStream(self._plain, context.answering, "train", level=context.level, salt=context.salt)

    def _stream(self, split: Split) -> ExampleStream:
        context = self.context
        drawn = Stream(context.space, context.seed, split, context.mix)
        balanced = BalancedStream(drawn, self._results, split)
        return ExampleStream(balanced, context.answering, split, level=context.level, salt=context.salt)

    def _find_held_out(self, split: Split) -> tuple[ExampleStream, NDArray[np.int64]]:
        """Find the held-out examples that training is evaluated by, as items of their stream."""
        source = self._stream(split)
        return source, source.fixed_items(self.context.held_out[split])[1]

    def _set_aside(self, piece: Piece) -> Iterator[Rows]:
        source, items = self._held_out(piece.split)
        items = items[piece.skip : piece.skip + piece.rows]
        starts = list(accumulate(stratum.size for stratum in source.stream.space.strata))
        for window in np.unique(items // _AT_ONCE).tolist():
            wanted = items[items // _AT_ONCE == window]
            first = int(wanted[0])
            block = source.stream.items(first, int(wanted[-1]) + 1)
            pieces = []
            for (found, part), start in zip(block.parts, block.starts, strict=True):
                chosen = np.flatnonzero(np.isin(found + first, wanted))
                place = bisect_right(starts, start)
                pieces.append(source.filter.rows(place, part.chosen(chosen), found[chosen] + first))
            yield weave(pieces, [each.items for each in pieces])[1]
