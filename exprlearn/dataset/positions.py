"""Parts by position: of every stratum the first positions of a keyed order validate, the next test, the rest train.

Each part has exactly as many examples as asked for, and an expression is in one part only. That holds within one
grammar, one set of constraints and one pair of counts: where any of these changes, the borders move. Commuted twins
such as `3+5` and `5+3` may be in different parts, which a proof counts. Parts by content (`parts`) know none of these
limits, and are the default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.answering import Answering
from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.examples import Examples
from exprlearn.dataset.searching import PATIENCE, RAREST
from exprlearn.errors import DataError
from exprlearn.sampling import Block, ExpressionSpace, Stratum, Stream
from exprlearn.sampling.feistel import Limbs
from exprlearn.sampling.hashing import derive_keys, shuffled
from exprlearn.sampling.permutation import Permutation, keyed_permutation
from exprlearn.sampling.schedule import Mix, water_fill

#: A stratum gives up at most one in so many of its expressions to each held-out part, so that half are left to train.
SHARE = 4

# More training positions of a stratum than anybody draws.
_ENOUGH = 1 << 61
_FEWEST, _MOST = 1 << 8, 1 << 15


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

    @property
    def limb_sizes(self) -> tuple[int, ...]:
        """The sizes of the limbs that `indices` answers with."""
        return self.base.limb_sizes

    def indices(self, positions: NDArray[np.int64]) -> Limbs:
        """Map positions, int64 [n], to the limbs of indices."""
        return self.base.indices(self.shuffle.indices(positions)[0] + np.int64(self.start))

    def index(self, position: int) -> int:
        """Map one position to its index."""
        return self.base.index(self.shuffle.index(position) + self.start)

    def position(self, index: int, pass_number: int = 0) -> int:
        """Tell at which position of a pass an index comes."""
        return self.shuffle.position(self.base.position(index) - self.start, pass_number)


@dataclass(frozen=True, eq=False)
class Reserved:
    """The n examples that were set aside for a part, and where each has its place.

    Attributes:
        examples: in a keyed order.
        places: int64 [n], the stratum of each.
        positions: int64 [n], where it stands in the order of its stratum.
    """

    examples: Examples
    places: NDArray[np.int64]
    positions: NDArray[np.int64]


class PositionParts:
    """The parts of a space by position.

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
        self.space, self._answering, self._mix, self._salt = space, answering, mix, salt
        self._orders = [_order(stratum, salt) for stratum in space.strata]
        self._starts = [0] * len(space.strata)

    @property
    def left(self) -> tuple[int, ...]:
        """How many positions of each stratum were not set aside."""
        pairs = zip(self._starts, self.space.strata, strict=True)
        return tuple(stratum.size - start for start, stratum in pairs)

    def reserve(self, part: Split, count: int) -> Reserved:
        """Set the next positions aside with their examples, `count` exactly, in a keyed order.

        Raises:
            DataError: a quarter of the space has fewer.
        """
        shelves = [_Shelf(self, place, self._starts[place]) for place in range(len(self._orders))]
        wanted = self._shared_out(part, count, shelves)
        pieces = [shelf.examples(number) for shelf, number in zip(shelves, wanted, strict=True)]
        columns = [shelf.positions[:number] for shelf, number in zip(shelves, wanted, strict=True)]
        self._starts = [shelf.end(number) for shelf, number in zip(shelves, wanted, strict=True)]
        order = shuffled(derive_keys(1, self._salt, part, "positions")[0], count)
        places = np.repeat(np.arange(len(shelves)), wanted)
        return Reserved(Examples.concatenate(pieces)[order], places[order], np.concatenate(columns)[order])

    def rest(self, seed: int) -> Stream:
        """Draw without end from the positions that are left, in an order that the seed decides."""
        orders = []
        columns = self._orders, self._starts, self.left, self.space.strata
        for base, start, left, stratum in zip(*columns, strict=True):
            size = min(left, _ENOUGH)
            orders.append(RestOrder(base, start, keyed_permutation((size,), seed, "rest", stratum.name)))
        return Stream(self.space, seed, "train", self._mix, orders=orders)

    def block(self, place: int, positions: NDArray[np.int64]) -> Block:
        """Make the expressions at positions of the order of one stratum."""
        return self.space.strata[place].block(self._orders[place].indices(positions))

    def draw(self, place: int, positions: NDArray[np.int64]) -> tuple[NDArray[np.int64], Examples]:
        """Make the examples at positions of one stratum; int64 [m], which positions have one, and these."""
        block = self.block(place, positions)
        answered = self._answering.answer_block(block)
        rows = np.flatnonzero(answered.kept)
        return positions[rows], Examples(block.chosen(rows).expressions, answered.answers[rows])

    def _shared_out(self, part: Split, count: int, shelves: Sequence[_Shelf]) -> tuple[int, ...]:
        """Tell how many examples each stratum gives: by the mix, as far as each reaches."""
        while True:
            available = sum(shelf.most for shelf, weight in zip(shelves, self._mix, strict=True) if weight)
            if available < count:
                raise DataError(
                    f"{self.space.grammar.name} has {available} {part} examples to give by position, {count} are asked "
                    f"for: ask for fewer, widen the grammar's sizes and range, or choose data.split=content"
                )
            wanted = water_fill([shelf.most for shelf in shelves], self._mix, count) if count else (0,) * len(shelves)
            if all([shelf.reaches(number) for shelf, number in zip(shelves, wanted, strict=True)]):
                return wanted


class _Shelf:
    """The examples of a stratum from one position on."""

    def __init__(self, parts: PositionParts, place: int, start: int) -> None:
        self.place, self._parts, self._start = place, parts, start
        self.most = parts.space.strata[place].size // SHARE
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
            self._found.append(self._parts.draw(self.place, np.arange(self._next, stop, dtype=np.int64)))
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


def _order(stratum: Stratum, salt: int) -> Permutation:
    radices = stratum.skeleton_count, *stratum.radices
    return keyed_permutation(radices, salt, "positions", stratum.name, *stratum.literals, *radices)
