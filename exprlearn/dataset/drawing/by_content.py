"""By content: what an expression says decides on its split, and every expression of a size comes equally often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate

import numpy as np

from exprlearn.dataset.drawing.example_stream import ExampleStream
from exprlearn.dataset.drawing.mixes import mixed_stream
from exprlearn.dataset.drawing.rows import Examples, Rows
from exprlearn.dataset.drawing.slices import Availability, Piece, count_available, draw_piece, used_up
from exprlearn.dataset.drawing.split import Split
from exprlearn.plugin.kinds.drawing import DrawingContext
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stream import Stream


class Renumbering:
    """Gives rows of a space that is divided by operators the strata and indices of the space itself."""

    def __init__(self, finer: ExpressionSpace, space: ExpressionSpace) -> None:
        self._space, self._strata = space, finer.strata
        self._starts = (0, *accumulate(stratum.size for stratum in finer.strata))
        self._places = {stratum.name: place for place, stratum in enumerate(space.strata)}
        # Of each stratum and skeleton of the finer space: the place of its stratum, and the index of its first filling.
        self._known: dict[tuple[int, int], tuple[int, int]] = {}

    def rows(self, rows: Rows) -> Rows:
        """Renumber some rows."""
        columns = zip(rows.expressions.tolist(), rows.indices.tolist(), rows.strata.tolist(), strict=True)
        found = [self._find(*row) for row in columns]
        indices, strata = (
            np.array([each[side] for each in found], kind) for side, kind in ((0, object), (1, np.int64))
        )
        sizes = tuple(stratum.sizes for stratum in self._space.strata)
        return replace(rows, indices=indices, strata=strata, sizes=sizes)

    def _find(self, expression: str, index: int, stratum: int) -> tuple[int, int]:
        skeleton, filling = divmod(index - self._starts[stratum], self._strata[stratum].fillings)
        if (stratum, skeleton) not in self._known or self._strata[stratum].is_ambiguous:
            rank = self._space.rank(expression)
            self._known[stratum, skeleton] = self._places[self._space.locate(rank)[0].name], rank - filling
        place, first = self._known[stratum, skeleton]
        return first + filling, place


class ByContent:
    """Draws each split in an order of its own; see `exprlearn.plugin.kinds.drawing.Drawing`."""

    def __init__(self, context: DrawingContext) -> None:
        self.context = context

    @cached_property
    def train(self) -> ExampleStream:
        """The training examples, without end."""
        if self.context.training == "terms":
            return self._stream("train")
        return self._examples(mixed_stream(self.context), "train")

    def fixed(self, split: Split, count: int) -> Examples:
        """Take the first examples of a split that differ; raises as `ExampleStream.fixed_items` does."""
        return self._stream(split).fixed_items(count)[0]

    def rows(self, piece: Piece) -> Iterator[Rows]:
        """Yield the rows of a piece; raises as `draw_piece` does."""
        if piece.split != "train":
            return draw_piece(self._stream(piece.split), piece)
        rows, finer = draw_piece(self.train, piece), self.train.stream.space
        return rows if finer is self.context.space else map(Renumbering(finer, self.context.space).rows, rows)

    def availability(self, asked: Mapping[Split, int], slices: int) -> Availability | None:
        """Count what there is; None when it is surely enough."""
        found = count_available(self.train, asked, slices=slices)
        if found is None or self.context.training != "operators":
            return found
        # Held-out examples are drawn from sizes, also those of which no example may train.
        even = count_available(self._stream("train"), asked, slices=slices)
        return found if even is None else replace(found, held_out=even.held_out)

    def notes(self, taken: Sequence[tuple[Piece, int]]) -> Iterator[str]:
        """Name the sizes that are used up."""
        return used_up(self.train, [stratum.size for stratum in self.train.stream.space.strata], taken)

    def _stream(self, split: Split) -> ExampleStream:
        context = self.context
        return self._examples(Stream(context.space, context.seed, split, context.mix), split)

    def _examples(self, stream: Stream, split: Split) -> ExampleStream:
        context = self.context
        return ExampleStream(stream, context.answering, split, level=context.level, salt=context.salt)
