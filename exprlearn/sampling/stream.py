"""The endless stream of expressions: item t follows from the space, the seed, the purpose and t, and from nothing else.

So any worker can make any block, a run resumes at an integer, and a longer dataset begins with the shorter one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from heapq import heapify, heappop, heappush
from itertools import accumulate, pairwise
from math import lcm, prod

import numpy as np
from numpy.typing import NDArray

from exprlearn.counts import count_text
from exprlearn.errors import SizeError
from exprlearn.sampling.ordering.hashing import derive_keys, shuffled
from exprlearn.sampling.ordering.permutation import Permutation, keyed_permutation
from exprlearn.sampling.space import ExpressionSpace
from exprlearn.sampling.stratum import Stratum
from exprlearn.sampling.writing.block import Block, make_block

#: Strata are mixed within runs of this many items; part of what a seed means.
ROUND = 4096

#: A weight for each stratum; only their ratios count.
Mix = tuple[Fraction, ...]

#: The index of a stratum, the items that it gets, rising, and their positions in its order; int64 [n] each.
Share = tuple[int, NDArray[np.int64], NDArray[np.int64]]


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
        orders: Sequence[Permutation] = (),
    ) -> None:
        self.space, self.seed, self.purpose = space, seed, purpose
        self.mix = stratum_mix(space.strata, mix)
        self._weights = whole_weights(self.mix)
        # Those that the seed decides are made when a stratum is first drawn from.
        self._orders = dict(enumerate(orders))
        self._starts = (0, *accumulate(stratum.size for stratum in space.strata))

    @cached_property
    def whole_pass(self) -> int:
        """After how many items every expression has come at least once."""
        sizes = [
            self._orders[index].size if index in self._orders else stratum.size
            for index, stratum in enumerate(self.space.strata)
        ]
        return longest_pass(sizes, self.mix)

    def block(self, number: int, size: int = ROUND) -> MixedBlock:
        """Make items number * size to (number + 1) * size."""
        return self.items(number * size, (number + 1) * size)

    def items(self, start: int, stop: int) -> MixedBlock:
        """Make items start to stop; of an ambiguous space, those with the least index of their expression."""
        parts, starts = [], []
        for stratum_index, items, positions in self.plan(start, stop):
            block = self.draw(stratum_index, positions)
            if block.stratum.is_ambiguous:
                rows = np.flatnonzero(block.canonical)
                items, block = items[rows], block.chosen(rows)
            parts.append((items - start, block))
            starts.append(self._starts[stratum_index])
        return MixedBlock(tuple(parts), tuple(starts), max(0, stop - start))

    def draw(self, stratum_index: int, positions: NDArray[np.int64]) -> Block:
        """Make the expressions at positions, int64 [n], of the order of one stratum, `space.strata[stratum_index]`."""
        return make_block(self.space.strata[stratum_index], self._order(stratum_index).indices(positions))

    def index(self, item: int) -> int:
        """Tell the index in the space of one item, void or not."""
        ((stratum_index, _, positions),) = self.plan(item, item + 1)
        return self._starts[stratum_index] + self._order(stratum_index).index(int(positions[0]))

    def __getitem__(self, item: int) -> str:
        return self.space[self.index(item)]

    def _order(self, stratum_index: int) -> Permutation:
        order = self._orders.get(stratum_index)
        if order is None:
            order = stratum_order(self.space.strata[stratum_index], self.seed, self.purpose, "order")
            self._orders[stratum_index] = order
        return order

    def plan(self, start: int, stop: int) -> list[Share]:
        """Share items start to stop out to the strata, in their order; items and positions int64 [n].

        Positions from the size of a stratum on are those of a further pass, in which expressions come again.
        """
        if start < 0:
            raise IndexError(f"items are numbered from 0, got {start}")
        found: defaultdict[int, list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = defaultdict(list)
        rounds = range(start // ROUND, -(-stop // ROUND) + 1)
        counts = pairwise(apportion(self._weights, number * ROUND) for number in rounds)
        for number, (before, after) in zip(rounds, counts, strict=False):
            for stratum_index, items in self._round(number, before, after):
                first, last = np.searchsorted(items, (start, stop)).tolist()
                if first < last:
                    positions = np.arange(before[stratum_index] + first, before[stratum_index] + last)
                    found[stratum_index].append((items[first:last], positions))
        shares = []
        for stratum_index in sorted(found):
            items, positions = (np.concatenate(column) for column in zip(*found[stratum_index], strict=True))
            shares.append((stratum_index, items, positions))
        return shares

    def _round(
        self, number: int, before: Sequence[int], after: Sequence[int]
    ) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Deal the items of one round, given the counts before and after it: those of each stratum, rising."""
        slots = shuffled(derive_keys(1, self.seed, self.purpose, "round", number)[0], ROUND)
        counts = np.array([last - first for first, last in zip(before, after, strict=True)], np.int64)
        # Sorting whose turn each item is by counting keeps the items of each stratum in rising order. With counts 2, 1
        # and slots 2, 0, 1: items 2 and 0 are of stratum 0, item 1 of stratum 1; turns 0 1 0, in order 0 2 | 1.
        turns = np.empty(ROUND, np.uint16 if len(counts) <= 1 << 16 else np.int64)
        turns[slots] = np.repeat(np.arange(len(counts), dtype=turns.dtype), counts)
        items = number * ROUND + np.argsort(turns, kind="stable")
        ends = np.cumsum(counts).tolist()
        for stratum_index in np.flatnonzero(counts).tolist():
            yield stratum_index, items[ends[stratum_index] - counts[stratum_index] : ends[stratum_index]]


def stratum_order(stratum: Stratum, *parts: str | int) -> Permutation:
    """Choose an order of a stratum by names and numbers such as a seed."""
    radices = stratum.all_radices
    return keyed_permutation(radices, *parts, stratum.name, *stratum.literals, *radices)


def longest_pass(sizes: Sequence[int], mix: Mix) -> int:
    """Tell after how many items of a mix all strata with these sizes have been passed through."""
    total = sum(mix)
    passes = [size * total / weight for size, weight in zip(sizes, mix, strict=True) if weight]
    # Rounding shifts a stratum by less than one item for each of the others.
    return int(max(passes)) + len(sizes) + 1


def stratum_mix(
    strata: Sequence[Stratum], asked: Mapping[int, Fraction | int] | Sequence[Fraction | int] | None
) -> Mix:
    """Weigh strata as asked; see `Stream`."""
    sizes = [stratum.sizes for stratum in strata]
    if asked is None or isinstance(asked, Mapping):
        even = uniform_mix(sizes, [stratum.mass for stratum in strata])
        return even if asked is None else terms_mix(sizes, even, asked)
    if len(asked) != len(strata):
        raise SizeError(f"a mix of {len(asked)} weights for {len(strata)} strata: give one weight for each stratum")
    return tuple(map(Fraction, asked))


def uniform_mix(size_vectors: Sequence[Mapping[str, int]], masses: Sequence[Fraction | int]) -> Mix:
    """Weigh strata evenly by their first measure, within a value of it evenly by the second, and so on.

    Args:
        size_vectors: the sizes of each stratum, all with the same measures in the same order.
        masses: how strata with equal sizes share what falls to these sizes; 0 leaves a stratum out.

    >>> two, three = {"terms": 2, "brackets": 0}, {"terms": 3, "brackets": 0}
    >>> [str(weight) for weight in uniform_mix([two, three, three | {"brackets": 1}], [81, 729, 1458])]
    ['1/2', '1/4', '1/4']
    """
    vectors = [tuple(sizes.values()) for sizes in size_vectors]
    together: defaultdict[tuple[int, ...], Fraction] = defaultdict(Fraction)
    branches: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
    for vector, mass in zip(vectors, masses, strict=True):
        together[vector] += mass
        for measure, value in enumerate(vector if mass else ()):
            branches[vector[:measure]].add(value)
    return tuple(
        Fraction(mass) / together[vector] / prod(len(branches[vector[:measure]]) for measure in range(len(vector)))
        if mass
        else Fraction(0)
        for vector, mass in zip(vectors, masses, strict=True)
    )


def terms_mix(size_vectors: Sequence[Mapping[str, int]], even: Mix, shares: Mapping[int, Fraction | int]) -> Mix:
    """Weigh strata by their number of terms as asked, within it as in an even mix; other terms weigh nothing.

    >>> two, three = {"terms": 2, "brackets": 0}, {"terms": 3, "brackets": 0}
    >>> vectors = [two, three, three | {"brackets": 1}]
    >>> whole_weights(terms_mix(vectors, uniform_mix(vectors, [1, 1, 1]), {2: 1, 3: 3}))
    (2, 3, 3)
    """
    available = sorted({sizes["terms"] for sizes in size_vectors})
    if unknown := sorted(shares.keys() - available):
        shown = ", ".join(map(str, available))
        raise SizeError(f"a mix asks for {unknown[0]} terms, but the space has {shown}: name these, or widen terms")
    return tuple(
        weight * Fraction(shares.get(sizes["terms"], 0)) for sizes, weight in zip(size_vectors, even, strict=True)
    )


def whole_weights(mix: Sequence[Fraction | int]) -> tuple[int, ...]:
    """Write weights as integers with the same ratios; a `SizeError` where one is negative or all are zero.

    >>> whole_weights([Fraction(1, 2), Fraction(1, 3)])
    (3, 2)
    """
    weights = [Fraction(weight) for weight in mix]
    if min(weights, default=Fraction(0)) < 0 or not any(weights):
        shown = ", ".join(map(str, weights)) or "none"
        raise SizeError(f"a mix needs weights of zero or more, at least one above zero; got {shown}")
    scale = lcm(*(weight.denominator for weight in weights))
    return tuple(int(weight * scale) for weight in weights)


def apportion(weights: Sequence[int], total: int) -> tuple[int, ...]:
    """Count the items of each stratum among the first `total` of an endless stream: exact, in closed form.

    Stratum s wants its k-th item at time k / weight; the items before t are the t earliest of all (the divisor method
    of D'Hondt). So counts follow the weights, add up, and only ever grow with t: a stream can be entered anywhere, and
    a dataset can be made longer without moving an item.

    >>> apportion((3, 1), 4), apportion((3, 1), 5)
    ((3, 1), (4, 1))
    """
    whole = sum(weights)
    return _settle(weights, [total * weight // whole for weight in weights], total, [total] * len(weights))


def water_fill(sizes: Sequence[int], mix: Sequence[Fraction | int], total: int) -> tuple[int, ...]:
    """Count the items of each stratum in a dataset of `total` without repeats: by the mix, as far as each reaches.

    What a small stratum cannot give is shared by the others; a `SizeError` says how many expressions there are where
    all give too little. A larger total never takes an item away.

    >>> water_fill([81, 10_000, 10_000], [1, 1, 1], 1_000)
    (81, 460, 459)
    """
    weights = whole_weights(mix)
    available = sum(size for size, weight in zip(sizes, weights, strict=True) if weight)
    if total > available:
        raise SizeError(
            f"{total} different expressions asked for, but the sizes hold only {count_text(available)}: "
            f"ask for at most {count_text(available)}, or widen terms, brackets or range"
        )
    return _settle(weights, _levels(sizes, weights, total), total, sizes)


def _levels(sizes: Sequence[int], weights: Sequence[int], total: int) -> list[int]:
    """Fill every stratum to one level, strata that are full aside; rounded down."""
    counts = [0] * len(sizes)
    rest, width = total, sum(weights)
    # The stratum that runs out first at the lowest level comes first.
    order = sorted(
        (index for index, weight in enumerate(weights) if weight), key=lambda at: Fraction(sizes[at], weights[at])
    )
    for number, index in enumerate(order):
        if sizes[index] * width > rest * weights[index]:
            for at in order[number:]:
                counts[at] = rest * weights[at] // width
            break
        counts[index] = sizes[index]
        rest, width = rest - sizes[index], width - weights[index]
    return counts


def _settle(weights: Sequence[int], counts: list[int], total: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """Give what rounding down has left over to the strata whose next item is due first."""
    left = total - sum(counts)
    if not left:
        return tuple(counts)
    # Times in units in which all are whole.
    whole = lcm(*(weight for weight in weights if weight))
    waiting = [
        ((counts[index] + 1) * (whole // weight), index)
        for index, weight in enumerate(weights)
        if weight and counts[index] < sizes[index]
    ]
    heapify(waiting)
    for _ in range(left):
        _, index = heappop(waiting)
        counts[index] += 1
        if counts[index] < sizes[index]:
            heappush(waiting, ((counts[index] + 1) * (whole // weights[index]), index))
    return tuple(counts)
