"""By position: of every stratum the first positions of a keyed order validate, the next test, the rest train.

Each split has exactly as many examples as asked for, and an expression is in one split only. That holds within one
grammar, one set of constraints and one pair of counts: where any of these changes, the borders move. Commutative
duplicates such as `3+5` and `5+3` may be in different splits, which a proof counts. Splits by content (`split`) know
none of these limits, and are the default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.drawing.example_stream import PATIENCE, RAREST, ExampleStream
from exprlearn.dataset.drawing.mixes import LASTING, lasting_mix
from exprlearn.dataset.drawing.rows import Examples, Rows, weave
from exprlearn.dataset.drawing.slices import Availability, Piece, count_available, draw_piece, used_up
from exprlearn.dataset.drawing.split import RowFilter, Split
from exprlearn.errors import DataError
from exprlearn.plugin.kinds.drawing import DrawingContext
from exprlearn.sampling import Block, ExpressionSpace, Stream
from exprlearn.sampling.ordering.hashing import derive_keys, shuffled
from exprlearn.sampling.ordering.permutation import Limbs, Permutation, keyed_permutation
from exprlearn.sampling.stream import stratum_order, water_fill

#: A stratum gives up at most one in so many of its expressions to each held-out split, so that half are left to train.
SHARE = 4

# More training positions of a stratum than anybody draws.
_ENOUGH = 1 << 61
# Positions tried at once: at least, at most; and held-out rows made at once.
_FEWEST, _MOST = 1 << 8, 1 << 15
_AT_ONCE: Final = 1 << 14


class ByPosition:
    """Sets exactly as many held-out examples aside as are asked for; see `exprlearn.plugin.kinds.drawing.Drawing`.

    Raises:
        DataError: a quarter of the space has fewer, or an expression may have several positions.
    """

    def __init__(self, context: DrawingContext) -> None:
        self.context, self.space = context, context.space
        # A stream refuses weights that are no mix.
        self._mix = Stream(self.space, context.seed, mix=context.mix).mix
        _refuse_derivations(self.space)
        self._orders = [stratum_order(stratum, context.salt, "positions") for stratum in self.space.strata]
        self.starts = [0] * len(self._orders)
        self._examples = self._filter("train")
        held_out: tuple[Split, Split] = ("validation", "test")
        self._reserved = {split: self._reserve(split, context.held_out[split]) for split in held_out}

    @cached_property
    def train(self) -> ExampleStream:
        """The training examples, without end: what is left, in an order that the seed decides."""
        context, orders = self.context, []
        for base, start, left, stratum in zip(self._orders, self.starts, self._left, self.space.strata, strict=True):
            shuffle = keyed_permutation((min(left, _ENOUGH),), context.seed, "rest", stratum.name)
            orders.append(RestOrder(base, start, shuffle))
        mix = self._mix if context.training == "terms" else lasting_mix(self._left, self._mix, LASTING)
        rest = Stream(self.space, context.seed, "train", mix, orders=orders)
        return ExampleStream(rest, context.answering, "train", level=context.level, salt=context.salt, by_content=False)

    def fixed(self, split: Split, count: int) -> Examples:
        """Return the first examples that are set aside; a `DataError` where there are fewer."""
        examples = self._reserved[split].examples
        if count > len(examples):
            raise DataError(
                f"{count} {split} examples asked for, but data.split=position has set {len(examples)} aside: "
                f"ask for at most as many; the next ones are training examples"
            )
        return examples[:count]

    def rows(self, piece: Piece) -> Iterator[Rows]:
        """Yield the rows of a piece; raises as `draw_piece` does."""
        if piece.split == "train":
            return draw_piece(self.train, piece, self._left)
        return self._set_aside(piece)

    def availability(self, asked: Mapping[Split, int], slices: int) -> Availability:
        """Count what there is to train with; the other splits have all that is asked for."""
        found = count_available(self.train, {"train": asked["train"]}, slices=slices, lengths=self._left)
        held_out = {split: len(reserved.examples) for split, reserved in self._reserved.items()}
        return Availability(held_out, None if found is None else found.train)

    def notes(self, taken: Sequence[tuple[Piece, int]]) -> Iterator[str]:
        """Name the sizes that are used up."""
        return used_up(self.train, self._left, taken)

    def draw(self, stratum_index: int, positions: NDArray[np.int64]) -> tuple[NDArray[np.int64], Examples]:
        """Make the examples at positions of the order of one stratum, with the positions that have one, int64 [m]."""
        found = self._examples.keep(self._block(stratum_index, positions))
        return positions[found.rows], found.examples

    @property
    def _left(self) -> tuple[int, ...]:
        """How many positions of each stratum were not set aside."""
        return tuple(each.size - start for each, start in zip(self.space.strata, self.starts, strict=True))

    def _filter(self, split: Split) -> RowFilter:
        context = self.context
        return RowFilter(self.space, context.answering, split, level=context.level, salt=context.salt, by_content=False)

    def _block(self, stratum_index: int, positions: NDArray[np.int64]) -> Block:
        return self.space.strata[stratum_index].block(self._orders[stratum_index].indices(positions))

    def _set_aside(self, piece: Piece) -> Iterator[Rows]:
        rule, reserved = self._filter(piece.split), self._reserved[piece.split]
        end = piece.skip + piece.rows
        for start in range(piece.skip, end, _AT_ONCE):
            items = np.arange(start, min(start + _AT_ONCE, end))
            strata, pieces = reserved.strata[items], []
            for stratum_index in np.unique(strata).tolist():
                chosen = items[strata == stratum_index]
                block = self._block(stratum_index, reserved.positions[chosen])
                pieces.append(rule.rows(stratum_index, block, chosen))
            yield weave(pieces, [each.items for each in pieces])[1]

    def _reserve(self, split: Split, count: int) -> Reserved:
        """Set the next positions aside with their examples, `count` exactly, in a keyed order; may raise DataError."""
        shelves = [_Shelf(self, index, start) for index, start in enumerate(self.starts)]
        wanted = self._share_out(split, count, shelves)
        found = [shelf.first(number) for shelf, number in zip(shelves, wanted, strict=True)]
        self.starts = [
            int(positions[-1]) + 1 if len(positions) else start
            for start, (positions, _) in zip(self.starts, found, strict=True)
        ]
        order = shuffled(derive_keys(1, self.context.salt, split, "positions")[0], count)
        strata, (columns, pieces) = np.repeat(np.arange(len(shelves)), wanted), zip(*found, strict=True)
        return Reserved(Examples.concatenate(pieces)[order], strata[order], np.concatenate(columns)[order])

    def _share_out(self, split: Split, count: int, shelves: Sequence[_Shelf]) -> tuple[int, ...]:
        """Tell how many examples each stratum gives: by the mix, as far as each reaches."""
        while True:
            available = sum(shelf.most for shelf, weight in zip(shelves, self._mix, strict=True) if weight)
            if available < count:
                raise DataError(
                    f"{self.space.grammar.name} has {available} {split} examples to give by position, {count} are "
                    f"asked for: ask for fewer, widen the grammar's sizes and range, or choose data.split=content"
                )
            wanted = water_fill([shelf.most for shelf in shelves], self._mix, count) if count else (0,) * len(shelves)
            if all([shelf.reaches(number) for shelf, number in zip(shelves, wanted, strict=True)]):
                return wanted


def _refuse_derivations(space: ExpressionSpace) -> None:
    if space.mode == "derivations" and space.ambiguity(0).level != "proven":
        raise DataError(
            f"{space.grammar.name} may write an expression in two ways, so that two positions may hold it: "
            "choose data.split=content, or grammar.ambiguity=strings"
        )


@dataclass(frozen=True)
class RestOrder:
    """The order `base` of a stratum from position `start` on, shuffled once more, in passes without end."""

    base: Permutation
    start: int
    shuffle: Permutation

    @property
    def size(self) -> int:
        """The number of positions that belong to the rest."""
        return self.shuffle.size

    def indices(self, positions: NDArray[np.int64]) -> Limbs:
        """Map positions, int64 [n], to the limbs of indices."""
        return self.base.indices(self.shuffle.indices(positions)[0] + np.int64(self.start))

    def index(self, position: int) -> int:
        """Map one position to its index."""
        return self.base.index(self.shuffle.index(position) + self.start)


@dataclass(frozen=True, eq=False)
class Reserved:
    """The n examples that were set aside for a split, in a keyed order.

    Attributes:
        examples: the examples.
        strata: int64 [n], the index of the stratum of each.
        positions: int64 [n], where it stands in the order of its stratum.
    """

    examples: Examples
    strata: NDArray[np.int64]
    positions: NDArray[np.int64]


class _Shelf:
    """The examples of a stratum from one position on, and how many there are at `most`."""

    def __init__(self, drawing: ByPosition, stratum_index: int, start: int) -> None:
        self._drawing, self._stratum_index, self._start, self._next = drawing, stratum_index, start, start
        self.most = drawing.space.strata[stratum_index].size // SHARE
        self._limit = start + self.most
        self._found = [(np.empty(0, np.int64), Examples.of([]))]
        self._count = 0

    def reaches(self, count: int) -> bool:
        """Look for so many examples; when there are fewer, `most` is how many there are."""
        while self._count < count:
            tried = self._next - self._start
            if self._next >= self._limit or (tried >= PATIENCE and self._count * RAREST < tried):
                self.most = self._count
                return False
            size = int((count - self._count) * 1.1 * (tried + 1) / (self._count + 1))
            stop = min(self._next + min(max(size, _FEWEST), _MOST), self._limit)
            found = self._drawing.draw(self._stratum_index, np.arange(self._next, stop, dtype=np.int64))
            self._found.append(found)
            self._count, self._next = self._count + len(found[1]), stop
        return True

    def first(self, count: int) -> tuple[NDArray[np.int64], Examples]:
        """Return the positions of the first examples, int64 [count], and these."""
        positions, pieces = zip(*self._found, strict=True)
        return np.concatenate(positions)[:count], Examples.concatenate(pieces)[:count]
