"""Rows by position: those set aside validate and test, the rest is cut into slices as any training part is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from exprlearn.config import RunConfig
from exprlearn.dataset.answering import Answering
from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.positions import PositionParts
from exprlearn.dataset.proof import SplitBy
from exprlearn.dataset.store.judging import Judge
from exprlearn.dataset.store.planning import Piece
from exprlearn.dataset.store.rows import Rows
from exprlearn.dataset.store.slices import Slice
from exprlearn.dataset.store.supply import Supply, supply
from exprlearn.dataset.streaming import ExampleStream
from exprlearn.sampling import ExpressionSpace, Stream

_AT_ONCE: Final = 1 << 14


class ByPosition:
    """Sets exactly as many held-out examples aside as are asked for; see `drawing.Drawing`.

    Raises:
        DataError: a quarter of the space has fewer.
    """

    by: SplitBy = "position"
    lengths: Sequence[int] | None
    answers: int | None = None

    def __init__(self, space: ExpressionSpace, answering: Answering, config: RunConfig) -> None:
        data, level = config.data, config.data.level
        self._parts = PositionParts(space, answering, Stream(space, config.seed).mix)
        asked: dict[Split, int] = {"validation": data.validation, "test": data.test}
        self._reserved = {part: self._parts.reserve(part, count) for part, count in asked.items()}
        stream = self._parts.rest(config.seed)
        self.train = ExampleStream(stream, answering, "train", level=level, by_content=False)
        self.lengths = self._parts.left
        self._judges = {
            part: Judge(ExampleStream(stream, answering, part, level=level, by_content=False)) for part in asked
        }

    def supply(self, asked: Mapping[Split, int], slices: int) -> Supply:
        """Count what there is to train with; the other parts have all that is asked for."""
        found = supply(self.train, {"train": asked["train"]}, slices=slices, lengths=self.lengths)
        held_out = {part: len(reserved.examples) for part, reserved in self._reserved.items()}
        return Supply(held_out, None if found is None else found.train)

    def rows(self, piece: Piece) -> Iterator[Rows]:
        """Yield the rows of a piece.

        Raises:
            DataError: hardly any expression is an example.
        """
        if piece.part == "train":
            return Slice(self.train, piece.slice, piece.slices, self.lengths).take(piece.rows, piece.skip)
        return self._set_aside(piece)

    def _set_aside(self, piece: Piece) -> Iterator[Rows]:
        reserved, judge = self._reserved[piece.part], self._judges[piece.part]
        end = piece.skip + piece.rows
        for start in range(piece.skip, end, _AT_ONCE):
            items = np.arange(start, min(start + _AT_ONCE, end))
            places, positions = reserved.places[items], reserved.positions[items]
            pieces = []
            for place in np.unique(places).tolist():
                chosen = np.flatnonzero(places == place)
                block = self._parts.block(place, positions[chosen])
                pieces.append(judge.rows(place, block, items[chosen]))
            yield judge.woven(pieces)
