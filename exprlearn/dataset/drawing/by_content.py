"""By content: what an expression says decides on its split, and every expression of a size comes equally often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from exprlearn.dataset.drawing.example_stream import ExampleStream
from exprlearn.dataset.drawing.mixes import mixed_stream
from exprlearn.dataset.drawing.rows import Examples, Rows
from exprlearn.dataset.drawing.slices import Availability, Piece, count_available, draw_piece, used_up
from exprlearn.dataset.drawing.split import Split
from exprlearn.plugin.kinds.drawing import DrawingContext
from exprlearn.sampling.stream import Stream


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
        return draw_piece(self.train if piece.split == "train" else self._stream(piece.split), piece)

    def availability(self, asked: Mapping[Split, int], slices: int) -> Availability | None:
        """Count what there is; None when it is surely enough."""
        return count_available(self.train, asked, slices=slices)

    def notes(self, taken: Sequence[tuple[Piece, int]]) -> Iterator[str]:
        """Name the sizes that are used up."""
        return used_up(self.train, [stratum.size for stratum in self.context.space.strata], taken)

    def _stream(self, split: Split) -> ExampleStream:
        context = self.context
        return self._examples(Stream(context.space, context.seed, split, context.mix), split)

    def _examples(self, stream: Stream, split: Split) -> ExampleStream:
        context = self.context
        return ExampleStream(stream, context.answering, split, level=context.level, salt=context.salt)
