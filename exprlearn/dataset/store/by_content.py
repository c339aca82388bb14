"""Rows whose part follows from their content: each part is cut out of an order of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from exprlearn.config import RunConfig
from exprlearn.dataset.answering import Answering
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.proof import SplitBy
from exprlearn.dataset.splits import part_streams
from exprlearn.dataset.store.planning import Piece
from exprlearn.dataset.store.rows import Rows
from exprlearn.dataset.store.slices import Slice
from exprlearn.dataset.store.supply import Supply, supply
from exprlearn.sampling import ExpressionSpace


class ByContent:
    """Draws every expression of a size equally often; see `drawing.Drawing`."""

    by: SplitBy = "content"
    lengths: Sequence[int] | None
    answers: int | None = None

    def __init__(self, space: ExpressionSpace, answering: Answering, config: RunConfig) -> None:
        streams = part_streams(space, answering, seed=config.seed, level=config.data.level)
        self._streams = {part: streams(part) for part in SPLITS}
        self.train = self._streams["train"]
        self.lengths = tuple(stratum.size for stratum in space.strata)

    def supply(self, asked: Mapping[Split, int], slices: int) -> Supply | None:
        """Count what there is; None when it is surely enough."""
        return supply(self.train, asked, slices=slices)

    def rows(self, piece: Piece) -> Iterator[Rows]:
        """Yield the rows of a piece.

        Raises:
            DataError: hardly any expression is an example.
        """
        return Slice(self._streams[piece.part], piece.slice, piece.slices).take(piece.rows, piece.skip)
