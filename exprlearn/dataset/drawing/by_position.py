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

from exprlearn.dataset.answering import Answering
from exprlearn.dataset.drawing.example_stream import ExampleStream
from exprlearn.dataset.drawing.filter import PATIENCE, RAREST, RowFilter
from exprlearn.dataset.drawing.rows import Examples, Rows, weave
from exprlearn.dataset.drawing.slices import Availability, Piece, count_available, draw_piece, used_up
from exprlearn.dataset.drawing.split import Split
from exprlearn.errors import DataError
from exprlearn.plugin.kinds.drawing import DrawingContext
from exprlearn.sampling import Block, ExpressionSpace, Stream
from exprlearn.sampling.ordering.hashing import derive_keys, shuffled
from exprlearn.sampling.ordering.permutation import Limbs, Permutation, keyed_permutation
from exprlearn.sampling.stream import Mix, stratum_order, water_fill

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
        mix = Stream(context.space, context.seed, mix=context.mix).mix
        self.context = context
        self._positions = PositionSplits(context.space, context.answering, mix, context.salt)
        held_out: tuple[Split, Split] = ("validation", "test")
        self._reserved = {split: self._positions.reserve(split, context.held_out[split]) for split in held_out}

    @cached_property
    def train(self) -> ExampleStream:
        """The training examples, without end."""
        context, rest = self.context, self._positions.rest(self.context.seed)
        return ExampleStream(rest, context.answering, "train", level=context.level, salt=context.salt, by_content=False)

    def fixed(self, split: Split, count: int) -> Examples:
        """Return the first examples that are set aside.

        Raises:
            DataError: there are fewer.
        """
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
            return draw_piece(self.train, piece, self._positions.left)
        return self._set_aside(piece)

    def availability(self, asked: Mapping[Split, int], slices: int) -> Availability:
        """Count what there is to train with; the other splits have all that is asked for."""
        found = count_available(self.train, {"train": asked["train"]}, slices=slices, lengths=self._positions.left)
        held_out = {split: len(reserved.examples) for split, reserved in self._reserved.items()}
        return Availability(held_out, None if found is None else found.train)

    def notes(self, taken: Sequence[tuple[Piece, int]]) -> Iterator[str]:
        """Name the sizes that are used up."""
        return used_up(self.train, self._positions.left, taken)

    def _set_aside(self, piece: Piece) -> Iterator[Rows]:
        context, reserved = self.context, self._reserved[piece.split]
        rule = RowFilter(
            context.space, context.answering, piece.split, level=context.level, salt=context.salt, by_content=False
        )
        end = piece.skip + piece.rows
        for start in range(piece.skip, end, _AT_ONCE):
            items = np.arange(start, min(start + _AT_ONCE, end))
            strata, positions = reserved.strata[items], reserved.positions[items]
            pieces = []
            for stratum_index in np.unique(strata).tolist():
                chosen = np.flatnonzero(strata == stratum_index)
                block = self._positions.block(stratum_index, positions[chosen])
                pieces.append(rule.rows(stratum_index, block, items[chosen]))
            yield weave(pieces, [each.items for each in pieces])[1]


@dataclass(frozen=True)
class RestOrder:
    """The order of a stratum from one position on, shuffled once more by a seed, in passes without end.

    Attributes:
        base: the order of the whole stratum.
        start: the first position that belongs to the rest.
        shuffle: the order in which the rest comes.
    """

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
    """The n examples that were set aside for a split, and where each stands.

    Attributes:
        examples: in a keyed order.
        strata: int64 [n], the index of the stratum of each.
        positions: int64 [n], where it stands in the order of its stratum.
    """

    examples: Examples
    strata: NDArray[np.int64]
    positions: NDArray[np.int64]


class PositionSplits:
    """The splits of a space by position.

    Args:
        space: all expressions.
        answering: the rules that decide which expressions are examples.
        mix: the weight of each stratum.
        salt: another number, another order.

    Raises:
        DataError: the space draws derivations, so that an expression may have several positions.
    """

    def __init__(self, space: ExpressionSpace, answering: Answering, mix: Mix, salt: int = 0) -> None:
        if space.mode == "derivations" and space.ambiguity(0).level != "proven":
            raise DataError(
                f"{space.grammar.name} may write an expression in two ways, so that two positions may hold it: "
                "choose data.split=content, or grammar.ambiguity=strings"
            )
        self.space, self._mix, self._salt = space, mix, salt
        self._filter = RowFilter(space, answering, "train", by_content=False)
        self._orders = [stratum_order(stratum, salt, "positions") for stratum in space.strata]
        self._starts = [0] * len(space.strata)

    @property
    def left(self) -> tuple[int, ...]:
        """How many positions of each stratum were not set aside."""
        pairs = zip(self._starts, self.space.strata, strict=True)
        return tuple(stratum.size - start for start, stratum in pairs)

    def reserve(self, split: Split, count: int) -> Reserved:
        """Set the next positions aside with their examples, `count` exactly, in a keyed order.

        Raises:
            DataError: a quarter of the space has fewer.
        """
        shelves = [_Shelf(self, index, start) for index, start in enumerate(self._starts)]
        wanted = self._shared_out(split, count, shelves)
        pieces = [shelf.examples(number) for shelf, number in zip(shelves, wanted, strict=True)]
        columns = [shelf.positions[:number] for shelf, number in zip(shelves, wanted, strict=True)]
        self._starts = [shelf.end(number) for shelf, number in zip(shelves, wanted, strict=True)]
        order = shuffled(derive_keys(1, self._salt, split, "positions")[0], count)
        strata = np.repeat(np.arange(len(shelves)), wanted)
        return Reserved(Examples.concatenate(pieces)[order], strata[order], np.concatenate(columns)[order])

    def rest(self, seed: int) -> Stream:
        """Draw without end from the positions that are left, in an order that the seed decides."""
        orders = []
        columns = self._orders, self._starts, self.left, self.space.strata
        for base, start, left, stratum in zip(*columns, strict=True):
            size = min(left, _ENOUGH)
            orders.append(RestOrder(base, start, keyed_permutation((size,), seed, "rest", stratum.name)))
        return Stream(self.space, seed, "train", self._mix, orders=orders)

    def block(self, stratum_index: int, positions: NDArray[np.int64]) -> Block:
        """Make the expressions at positions of the order of one stratum."""
        return self.space.strata[stratum_index].block(self._orders[stratum_index].indices(positions))

    def draw(self, stratum_index: int, positions: NDArray[np.int64]) -> tuple[NDArray[np.int64], Examples]:
        """Make the examples at positions of one stratum; int64 [m], which positions have one, and these."""
        found = self._filter.keep(self.block(stratum_index, positions))
        return positions[found.rows], found.examples

    def _shared_out(self, split: Split, count: int, shelves: Sequence[_Shelf]) -> tuple[int, ...]:
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


class _Shelf:
    """The examples of a stratum from one position on."""

    def __init__(self, splits: PositionSplits, stratum_index: int, start: int) -> None:
        self._stratum_index, self._splits, self._start = stratum_index, splits, start
        self.most = splits.space.strata[stratum_index].size // SHARE
        self._limit, self._next = start + self.most, start
        self._found: list[tuple[NDArray[np.int64], Examples]] = []
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
            self._found.append(self._splits.draw(self._stratum_index, np.arange(self._next, stop, dtype=np.int64)))
            self._count, self._next = self._count + len(self._found[-1][0]), stop
        return True

    def examples(self, count: int) -> Examples:
        """Return the first examples."""
        return Examples.concatenate([examples for _, examples in self._found])[:count]

    def end(self, count: int) -> int:
        """Return the position behind the first examples."""
        return int(self.positions[count - 1]) + 1 if count else self._start

    @cached_property
    def positions(self) -> NDArray[np.int64]:
        """The positions of the examples found; int64 [n], rising."""
        return np.concatenate([np.empty(0, np.int64), *(positions for positions, _ in self._found)])
