"""Keyed orders of a stratum: position -> index, without repeats until every index has been drawn.

Position p lies in pass p // size; every pass is an order of its own. Three ways, by size:

    below 2**16     a shuffled table (small Feistel networks are visibly not random)
    below 2**63     a Feistel network over a slightly larger square; results outside are mapped again
    from 2**63 on   a Feistel network over the limbs of the index
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import isqrt, prod
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import SizeError
from exprlearn.sampling.ordering.feistel import (
    LIMB_BOUND,
    Feistel,
    Limbs,
    join_number,
    limb_sizes,
    split_array,
    split_number,
    split_objects,
)
from exprlearn.sampling.ordering.hashing import GOLDEN, derive_keys, mix, shuffled, shuffles

#: Words that may be hashed to map one position.
MOST_STEPS = 50_000

#: Below this size the order is stored.
TABLE_BOUND = 1 << 16

# Tables from here on are made one by one, as they take longer to make than to find.
_LONG = 512


class Permutation(Protocol):
    """An endless sequence of shuffled passes over the indices of a stratum."""

    @property
    def size(self) -> int:
        """The number of indices."""

    @property
    def limb_sizes(self) -> tuple[int, ...]:
        """The sizes of the limbs that `indices` answers with."""

    def indices(self, positions: NDArray[np.int64]) -> Limbs:
        """Map positions, int64 [n], to the limbs of indices."""

    def index(self, position: int) -> int:
        """Map one position to its index."""

    def position(self, index: int, pass_number: int = 0) -> int:
        """Tell at which position of a pass an index comes."""


def keyed_permutation(radices: tuple[int, ...], *parts: str | int) -> Permutation:
    """Choose an order of the mixed-radix numbers with these radices by names and numbers such as a seed.

    Raises:
        SizeError: there is nothing to put in order.

    >>> order = keyed_permutation((2, 9, 9), 7, "train")
    >>> order.position(order.index(100))
    100
    """
    size = prod(radices)
    if size < 1:
        raise SizeError("a stratum without expressions has no order; ask for sizes that hold some")
    key = derive_keys(1, *parts)[0]
    if size < TABLE_BOUND:
        return ShuffledTable(size, key)
    if size < LIMB_BOUND:
        return SquareFeistel(size, key)
    order = LimbFeistel(limb_sizes(radices), key)
    if order.steps > MOST_STEPS:
        raise SizeError(
            "these expressions hold too many numbers, or too large ones, to be drawn at random: ask for fewer than 500"
            " numbers of at most 18 digits"
        )
    return order


def _pass_key(key: int, pass_number: int) -> int:
    return mix(key + pass_number * GOLDEN)


@dataclass(frozen=True)
class ShuffledTable:
    """The orders of a small stratum, stored one pass at a time."""

    size: int
    key: int

    @property
    def limb_sizes(self) -> tuple[int, ...]:
        """One limb: the index itself."""
        return (self.size,)

    def indices(self, positions: NDArray[np.int64]) -> Limbs:
        """Map positions, int64 [n], to indices, int64 [n]; the tables of all passes met are made at once."""
        passes = positions // self.size
        tables, table = self._tables(passes)
        return (tables.reshape(-1).take(table * self.size + positions - passes * self.size).astype(np.int64),)

    def index(self, position: int) -> int:
        """Map one position to its index."""
        pass_number, offset = divmod(position, self.size)
        return int(shuffled(_pass_key(self.key, pass_number), self.size)[offset])

    def position(self, index: int, pass_number: int = 0) -> int:
        """Tell at which position of a pass an index comes."""
        table = shuffled(_pass_key(self.key, pass_number), self.size)
        return pass_number * self.size + int(np.flatnonzero(table == index)[0])

    def _tables(self, passes: NDArray[np.int64]) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
        """Return tables that hold the pass of each position, and which of them does; uint16 [t, size], int64 [n]."""
        first, last = (int(passes.min()), int(passes.max())) if passes.size else (0, 0)
        if last - first >= len(passes):
            met, table = np.unique(passes, return_inverse=True)
            return _tables(self.key, self.size, tuple(met.tolist())), table
        return _tables(self.key, self.size, tuple(range(first, last + 1))), passes - first


@lru_cache(maxsize=64)
def _tables(key: int, size: int, passes: tuple[int, ...]) -> NDArray[np.uint16]:
    if size >= _LONG:
        return np.stack([_table(key, size, number) for number in passes])
    keys = np.array([_pass_key(key, number) for number in passes], np.uint64)
    # Streams ask for the same pass again and again; two bytes an index keep 64 tables below 9 MB.
    return shuffles(keys, size).astype(np.uint16)


@lru_cache(maxsize=64)
def _table(key: int, size: int, number: int) -> NDArray[np.uint16]:
    """Make one long table, of a pass that several calls share."""
    return shuffled(_pass_key(key, number), size).astype(np.uint16)


@dataclass(frozen=True)
class SquareFeistel:
    """The orders of a stratum below 2**63: a Feistel network over a square that is barely larger.

    A result outside the stratum is mapped again until it lies inside (cycle walking); fewer than one position in
    255 needs that.
    """

    size: int
    key: int

    @property
    def limb_sizes(self) -> tuple[int, ...]:
        """One limb: the index itself."""
        return (self.size,)

    def indices(self, positions: NDArray[np.int64]) -> Limbs:
        """Map positions, int64 [n], to indices, int64 [n]."""
        passes = positions // self.size
        if positions.size and passes[0] == passes.min() == passes.max():
            number = int(passes[0])
            return (self._walk(self._network(number), positions - number * self.size),)
        indices = np.empty_like(positions)
        for number in np.unique(passes).tolist():
            chosen = passes == number
            indices[chosen] = self._walk(self._network(number), positions[chosen] - number * self.size)
        return (indices,)

    def index(self, position: int) -> int:
        """Map one position to its index."""
        pass_number, number = divmod(position, self.size)
        network = self._network(pass_number)
        while True:
            number = join_number(network.forward_scalar(split_number(number, network.sizes)), network.sizes)
            if number < self.size:
                return number

    def position(self, index: int, pass_number: int = 0) -> int:
        """Tell at which position of a pass an index comes."""
        network = self._network(pass_number)
        while True:
            index = join_number(network.inverse_scalar(split_number(index, network.sizes)), network.sizes)
            if index < self.size:
                return pass_number * self.size + index

    def _network(self, pass_number: int) -> Feistel:
        height = isqrt(self.size - 1) + 1
        return Feistel((height, -(-self.size // height)), _pass_key(self.key, pass_number))

    def _walk(self, network: Feistel, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        # The square may reach past 2**63 by a little: count in uint64, narrow to int64 once all lie inside.
        indices = _through(network, numbers.view(np.uint64))
        outside = np.flatnonzero(indices >= np.uint64(self.size))
        while outside.size:
            indices[outside] = _through(network, indices[outside])
            outside = outside[indices[outside] >= np.uint64(self.size)]
        return indices.view(np.int64)


def _through(network: Feistel, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    width = np.uint64(network.sizes[1])
    upper = numbers // width
    lower = numbers - upper * width
    upper, lower = (limb.view(np.uint64) for limb in network.forward((upper.view(np.int64), lower.view(np.int64))))
    return upper * width + lower


@dataclass(frozen=True)
class LimbFeistel:
    """The orders of a stratum of any size from 2**63 on: a Feistel network over the limbs of the index."""

    limb_sizes: tuple[int, ...]
    key: int

    @property
    def size(self) -> int:
        """The number of indices."""
        return prod(self.limb_sizes)

    @property
    def steps(self) -> int:
        """How many words are hashed to map one position."""
        words = sum(1 + size.bit_length() // 64 for size in self.limb_sizes)
        return words * self._network(0).rounds

    def indices(self, positions: NDArray[np.int64]) -> Limbs:
        """Map positions, int64 [n], to limbs; they all lie in the first pass."""
        if max(self.limb_sizes) >= LIMB_BOUND:
            return split_objects([self.index(position) for position in positions.tolist()], self.limb_sizes)
        return self._network(0).forward(split_array(positions, self.limb_sizes))

    def index(self, position: int) -> int:
        """Map one position to its index."""
        pass_number, number = divmod(position, self.size)
        limbs = split_number(number, self.limb_sizes)
        return join_number(self._network(pass_number).forward_scalar(limbs), self.limb_sizes)

    def position(self, index: int, pass_number: int = 0) -> int:
        """Tell at which position of a pass an index comes."""
        limbs = self._network(pass_number).inverse_scalar(split_number(index, self.limb_sizes))
        return pass_number * self.size + join_number(limbs, self.limb_sizes)

    def _network(self, pass_number: int) -> Feistel:
        return Feistel(self.limb_sizes, _pass_key(self.key, pass_number))
