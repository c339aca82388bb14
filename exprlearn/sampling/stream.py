"""The endless stream of expressions: item t follows from the space, the seed, the purpose and t, and from nothing else.

So any worker can make any block, a run resumes at an integer, and a longer dataset begins with the shorter one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import GrammarError, SizeError
from exprlearn.sampling.ordering.apportion import Mix, apportion, terms_mix, uniform_mix, whole_weights
from exprlearn.sampling.ordering.hashing import derive_keys, shuffled
from exprlearn.sampling.ordering.permutation import Permutation, keyed_permutation
from exprlearn.sampling.space import ExpressionSpace
from exprlearn.sampling.stratum import Stratum
from exprlearn.sampling.writing.block import Block

#: Strata are mixed within runs of this many items; part of what a seed means.
ROUND = 4096


@dataclass(frozen=True, eq=False)
class MixedBlock:
    """Neighbouring items of a stream, grouped by stratum.

    An item may be void: an index that is not the least of its expression, where a grammar is ambiguous.

    Args:
        parts: for each stratum met, where its items stand among all (int64 [m], rising), and the items.
        starts: for each part, the index in the space of the stratum's first expression.
        count: how many items there are, void ones too.
    """

    parts: tuple[tuple[NDArray[np.int64], Block], ...]
    starts: tuple[int, ...]
    count: int

    def __len__(self) -> int:
        return self.count

    @cached_property
    def expressions(self) -> NDArray[np.str_]:
        """The texts in the order of the stream, empty for void items; `'<U'` [n]."""
        texts = [block.expressions for _, block in self.parts]
        longest = max((column.itemsize // 4 for column in texts), default=1)
        codes = np.zeros((self.count, longest), np.uint32)
        for (order, _), column in zip(self.parts, texts, strict=True):
            width = column.itemsize // 4
            codes[order, :width] = column.view(np.uint32).reshape(len(column), width)
        return codes.view(f"<U{longest}").reshape(-1)

    @cached_property
    def indices(self) -> list[int]:
        """The index in the space of each item in the order of the stream, as Python integers; -1 for void items."""
        indices = [-1] * self.count
        for (order, block), start in zip(self.parts, self.starts, strict=True):
            for row, index in zip(order.tolist(), block.indices, strict=True):
                indices[row] = start + index
        return indices


class Stream:
    """Expressions of a space in a random order, without end.

    Within one pass over a stratum no expression comes twice; a stratum that is exhausted is passed through again in
    another order.

    Args:
        space: where expressions come from.
        seed: any integer; streams of different seeds are unrelated.
        purpose: what the stream is for; streams of different purposes are unrelated as well.
        mix: how often each stratum comes: a weight for each number of terms, or for each stratum of the space; None
            for evenly over terms, then evenly over the other sizes.
        orders: the order of each stratum; None for orders that the seed and the purpose decide.

    Raises:
        SizeError: weights that fit no stratum.

    >>> stream = Stream(ExpressionSpace.from_file("addition"), seed=0)
    >>> stream.block(0, size=3).expressions.tolist() == [stream[0], stream[1], stream[2]]
    True
    """

    def __init__(
        self,
        space: ExpressionSpace,
        seed: int,
        purpose: str = "train",
        mix: Mapping[int, Fraction | int] | Sequence[Fraction | int] | None = None,
        *,
        orders: Sequence[Permutation] | None = None,
    ) -> None:
        self.space, self.seed, self.purpose = space, seed, purpose
        self.mix = _mix(space.strata, mix)
        self._weights = whole_weights(self.mix)
        self._given = tuple(orders) if orders else None
        self._made: dict[int, Permutation] = {}
        self._starts = (0, *accumulate(stratum.size for stratum in space.strata))

    @cached_property
    def whole_pass(self) -> int:
        """After how many items every expression has come at least once."""
        whole = sum(self.mix)
        sizes = [order.size for order in self._given] if self._given else [each.size for each in self.space.strata]
        passes = [size * whole / weight for size, weight in zip(sizes, self.mix, strict=True) if weight]
        # Rounding shifts a stratum by less than one item for each of the others.
        return int(max(passes)) + len(sizes) + 1

    def block(self, number: int, size: int = ROUND) -> MixedBlock:
        """Make items number * size to (number + 1) * size."""
        return self.items(number * size, (number + 1) * size)

    def items(self, start: int, stop: int) -> MixedBlock:
        """Make items start to stop; of an ambiguous space, those with the least index of their expression."""
        found: dict[int, list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = {}
        for stratum_index, items, positions in self.plan(start, stop):
            found.setdefault(stratum_index, []).append((items - start, positions))
        parts = []
        for stratum_index in sorted(found):
            items, positions = (np.concatenate(columns) for columns in zip(*found[stratum_index], strict=True))
            block = self.draw(stratum_index, positions)
            if block.stratum.is_ambiguous:
                rows = np.flatnonzero(block.canonical)
                items, block = items[rows], block.chosen(rows)
            parts.append((items, block))
        return MixedBlock(tuple(parts), tuple(self._starts[each] for each in sorted(found)), max(0, stop - start))

    def draw(self, stratum_index: int, positions: NDArray[np.int64]) -> Block:
        """Make the expressions at positions, int64 [n], of the order of one stratum, `space.strata[stratum_index]`."""
        return self.space.strata[stratum_index].block(self._order(stratum_index).indices(positions))

    def index(self, item: int) -> int:
        """Tell the index in the space of one item, void or not."""
        ((stratum_index, _, positions),) = self.plan(item, item + 1)
        return self._starts[stratum_index] + self._order(stratum_index).index(int(positions[0]))

    def __getitem__(self, item: int) -> str:
        return self.space[self.index(item)]

    def _order(self, stratum_index: int) -> Permutation:
        """The order of a stratum, made when it is first drawn from."""
        if self._given:
            return self._given[stratum_index]
        if stratum_index not in self._made:
            self._made[stratum_index] = self._keyed(self.space.strata[stratum_index])
        return self._made[stratum_index]

    def _keyed(self, stratum: Stratum) -> Permutation:
        radices = stratum.skeleton_count, *stratum.radices
        return keyed_permutation(radices, self.seed, self.purpose, "order", stratum.name, *stratum.literals, *radices)

    def plan(self, start: int, stop: int) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
        """List by round and stratum: its index, the items it gets (n,), and their positions (n,) in its order.

        Positions from the size of the stratum on are those of a further pass, in which expressions come again.
        """
        if start < 0:
            raise IndexError(f"items are numbered from 0, got {start}")
        number = start // ROUND
        before = apportion(self._weights, number * ROUND)
        while number * ROUND < stop:
            after = apportion(self._weights, (number + 1) * ROUND)
            whole = start <= number * ROUND and (number + 1) * ROUND <= stop
            for stratum_index, first, items in self._round(number, before, after):
                if whole:
                    yield stratum_index, items, np.arange(first, first + len(items))
                    continue
                chosen = (items >= start) & (items < stop)
                if chosen.any():
                    yield stratum_index, items[chosen], first + np.flatnonzero(chosen)
            number, before = number + 1, after

    def _round(
        self, number: int, before: Sequence[int], after: Sequence[int]
    ) -> Iterator[tuple[int, int, NDArray[np.int64]]]:
        """Deal the items of one round: the index of each stratum, its first position, and its items, rising."""
        slots = shuffled(derive_keys(1, self.seed, self.purpose, "round", number)[0], ROUND)
        counts = np.array([last - first for first, last in zip(before, after, strict=True)], np.int64)
        # Sorting whose turn each item is by counting keeps the items of each stratum in rising order.
        turns = np.empty(ROUND, np.uint16 if len(counts) <= 1 << 16 else np.int64)
        turns[slots] = np.repeat(np.arange(len(counts), dtype=turns.dtype), counts)
        items = number * ROUND + np.argsort(turns, kind="stable")
        dealt = 0
        for stratum_index in np.flatnonzero(counts).tolist():
            count = after[stratum_index] - before[stratum_index]
            yield stratum_index, before[stratum_index], items[dealt : dealt + count]
            dealt += count


def _mix(strata: Sequence[Stratum], asked: Mapping[int, Fraction | int] | Sequence[Fraction | int] | None) -> Mix:
    sizes = [stratum.sizes for stratum in strata]
    even = uniform_mix(sizes, [stratum.mass for stratum in strata])
    if asked is None:
        return even
    if isinstance(asked, Mapping):
        return terms_mix(sizes, even, asked)
    if len(asked) != len(strata):
        raise SizeError(f"a mix of {len(asked)} weights for {len(strata)} strata: give one weight for each stratum")
    return tuple(map(Fraction, asked))


_FEW, _LEAST, _CHUNK = 64, 16, 4096

_PATIENCE = 100_000
"""About how many microseconds to draw on without a new expression."""


def draw_different(stream: Stream, count: int) -> Iterator[tuple[str, int]]:
    """Draw expressions with their indices; they come again, in another order, only when all have come.

    Of an ambiguous space an expression is drawn by its least index, so that all are equally likely.

    Args:
        stream: where they come from.
        count: how many.

    Raises:
        GrammarError: next to all derivations write what others have written.
    """
    space, drawn = stream.space, set[int]()
    given = start = since = waited = 0
    first, passed = space.strata[0], stream.whole_pass
    costs = first.ranker.steps(space.longest) if first.is_ambiguous else space.longest
    if first.is_ambiguous and costs > 4 * _PATIENCE:
        raise _rare(space)
    while given < count:
        size = max(1, min(_CHUNK, max(_LEAST, count - given), _PATIENCE // costs if first.is_ambiguous else _CHUNK))
        before = given
        for text, index in _items(stream, start, start + size, is_few=count <= _FEW):
            if index not in drawn and given < count:
                drawn.add(index)
                given += 1
                yield text, index
            if len(drawn) == space.size:
                drawn, since = set(), start + size
        start += size
        waited = 0 if given > before else waited + size * costs
        if waited > _PATIENCE and not drawn:
            raise _rare(space)
        # Two passes hold all expressions, wherever they begin.
        if waited > _PATIENCE or start - since > 2 * passed:
            drawn, since, waited = set(), start, 0


def _items(stream: Stream, start: int, stop: int, is_few: bool) -> Iterator[tuple[str, int]]:
    """Make items, without void ones; a few one by one, so that no tables are made for them."""
    if is_few:
        indices = [stream.index(item) for item in range(start, stop)]
        for index in indices:
            if not stream.space.strata[0].is_ambiguous or stream.space.is_canonical(index):
                yield stream.space[index], index
        return
    block = stream.items(start, stop)
    pairs = zip(block.expressions.tolist(), block.indices, strict=True)
    yield from ((text, index) for text, index in pairs if index >= 0)


def _rare(space: ExpressionSpace) -> GrammarError:
    return GrammarError(
        "next to every derivation writes an expression that others write as well, or one that is too long to find out:"
        " write the rules so that each expression has one, or draw derivations with"
        " --set grammar.ambiguity=derivations",
        path=space.grammar.place,
    )
