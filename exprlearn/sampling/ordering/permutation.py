"""Keyed orders of a stratum: position -> index, without repeats until every index has been drawn.

Position p lies in pass p // size; every pass is an order of its own. Three ways, by size:

    below 2**16     a shuffled table (small Feistel networks are visibly not random)
    below 2**63     a Feistel network over a slightly larger square; results outside are mapped again
    from 2**63 on   a Feistel network over the limbs of the index

The index of an expression within its stratum is a mixed-radix number whose digits are the skeleton and the fillers
of its slots. A limb is a run of neighbouring digits that fits an int64 array. Only a single digit of 2**63 or more,
which a huge number of skeletons can be, stays an array of Python integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from math import isqrt, prod
from operator import mul
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import SizeError
from exprlearn.sampling.ordering.hashing import GOLDEN, derive_keys, mix, mix_array, shuffled, shuffles

#: One array [n] for each limb, most significant first: int64, or Python integers where its size is 2**63 or more.
Limbs = tuple[NDArray[Any], ...]

#: A limb holds numbers below this, so that sums of two fit 64 bits unsigned.
LIMB_BOUND = 1 << 63

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

    def indices(self, positions: NDArray[np.int64]) -> Limbs:
        """Map positions, int64 [n], to the limbs of indices."""

    def index(self, position: int) -> int:
        """Map one position to its index."""


def keyed_permutation(radices: tuple[int, ...], *parts: str | int) -> KeyedPermutation:
    """Choose an order of the mixed-radix numbers with these radices by names and numbers such as a seed.

    A `SizeError` says that there is nothing to put in order, or too many too large numbers.

    >>> order = keyed_permutation((2, 2), 7, "train")
    >>> order.indices(np.arange(8))[0].tolist(), order.index(6)
    ([1, 3, 0, 2, 2, 1, 3, 0], 3)
    """
    if prod(radices) < 1:
        raise SizeError("a stratum without expressions has no order; ask for sizes that hold some")
    order = KeyedPermutation(limb_sizes(radices), derive_keys(1, *parts)[0])
    if order.size >= LIMB_BOUND and order.steps > MOST_STEPS:
        raise SizeError(
            "these expressions hold too many numbers, or too large ones, to be drawn at random: ask for fewer than 500"
            " numbers of at most 18 digits"
        )
    return order


@dataclass(frozen=True)
class KeyedPermutation:
    """The orders of the numbers that limbs of these sizes write, one for each pass; see `Permutation`."""

    limb_sizes: tuple[int, ...]
    key: int

    @cached_property
    def size(self) -> int:
        """The number of indices."""
        return prod(self.limb_sizes)

    @property
    def steps(self) -> int:
        """How many words are hashed to map one position over the limbs."""
        return sum(1 + size.bit_length() // _WORD_BITS for size in self.limb_sizes) * self._network(0).rounds

    def indices(self, positions: NDArray[np.int64]) -> Limbs:
        """Map positions, int64 [n], to the limbs of indices; the tables of all passes met are made at once."""
        if self.size >= LIMB_BOUND:
            # All positions that int64 holds lie in the first pass.
            if max(self.limb_sizes) >= LIMB_BOUND:
                return split_objects([self.index(position) for position in positions.tolist()], self.limb_sizes)
            return self._network(0).forward(split_array(positions, self.limb_sizes))
        passes = positions // self.size
        if self.size < TABLE_BOUND:
            tables, table = self._tables(passes)
            return (tables.reshape(-1).take(table * self.size + positions - passes * self.size).astype(np.int64),)
        # Most often all positions are of one pass, which spares sorting and choosing them.
        if passes.size and passes.min() == passes.max():
            return (self._walk(int(passes[0]), positions),)
        indices = np.empty_like(positions)
        for number in np.unique(passes).tolist():
            rows = passes == number
            indices[rows] = self._walk(number, positions[rows])
        return (indices,)

    def _walk(self, pass_number: int, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        return self._network(pass_number).walk_array(positions - pass_number * self.size, self.size)

    def index(self, position: int) -> int:
        """Map one position to its index."""
        pass_number, offset = divmod(position, self.size)
        if self.size < TABLE_BOUND:
            return int(shuffled(_pass_key(self.key, pass_number), self.size)[offset])
        return self._network(pass_number).walk(offset, self.size)

    def _network(self, pass_number: int) -> Feistel:
        sizes = self.limb_sizes if self.size >= LIMB_BOUND else square_sizes(self.size)
        return Feistel(sizes, _pass_key(self.key, pass_number))

    def _tables(self, passes: NDArray[np.int64]) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
        """Return tables that hold the pass of each position, and which of them does; uint16 [t, size], int64 [n]."""
        first, last = (int(passes.min()), int(passes.max())) if passes.size else (0, 0)
        if last - first > len(passes):
            met, table = np.unique(passes, return_inverse=True)
            return _tables(self.key, self.size, tuple(met.tolist())), table
        return _tables(self.key, self.size, tuple(range(first, last + 1))), passes - first


def _pass_key(key: int, pass_number: int) -> int:
    return mix(key + pass_number * GOLDEN)


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


def square_sizes(size: int) -> tuple[int, int]:
    """Give the sides of a rectangle, nearly a square, that holds so many cells and hardly more.

    >>> square_sizes(90)
    (10, 9)
    """
    height = isqrt(size - 1) + 1
    return height, -(-size // height)


#: Eight rounds over two limbs cannot be told from chance by chi-square tests; two rounds can.
_SWEEPS = 4
_WORD_BITS = 64


@dataclass(frozen=True)
class Feistel:
    """A one-to-one map of Z_m1 x Z_m2 x ... chosen by a 64-bit key.

    The network works over the groups Z_m instead of over bits: each round adds to one limb a keyed hash of the others,
    modulo that limb's size. A round can be undone whatever the hash is, so the whole is one to one on exactly
    m1 * m2 * ... numbers: no memory, no collisions, no wider arithmetic.

    Arrays need two limbs or more, each below 2**63.
    """

    sizes: tuple[int, ...]
    key: int

    @property
    def rounds(self) -> int:
        """How many rounds there are."""
        # A limb with few values moves a large one in few ways: sweep until it could have moved it everywhere, twice.
        fewest, most = ((size - 1).bit_length() for size in (min(self.sizes), max(self.sizes)))
        return len(self.sizes) * max(_SWEEPS, 2 * -(-most // max(1, fewest)))

    def forward(self, limbs: Limbs) -> Limbs:
        """Map limbs, int64 arrays of one shape with `limbs[j] < sizes[j]`, to limbs of the same kind."""
        state = [limb.astype(np.uint64) for limb in limbs]
        for key, index in self._rounds():
            _add(state[index], _hash_array(key, state, index), self.sizes[index])
        return tuple(limb.view(np.int64) for limb in state)

    def forward_scalar(self, limbs: Sequence[int]) -> tuple[int, ...]:
        """Map one tuple of limbs of any size, as `forward` does.

        >>> Feistel((3, 4), key=11).forward_scalar((2, 1))
        (1, 1)
        """
        state = list(limbs)
        for key, index in self._rounds():
            state[index] = (state[index] + _hash(key, state, index, self.sizes[index])) % self.sizes[index]
        return tuple(state)

    def walk(self, number: int, bound: int) -> int:
        """Map a number below a bound, again and again until the result is below it (cycle walking)."""
        while True:
            number = join_number(self.forward_scalar(split_number(number, self.sizes)), self.sizes)
            if number < bound:
                return number

    def walk_array(self, numbers: NDArray[np.int64], bound: int) -> NDArray[np.int64]:
        """Map numbers, int64 [n], as `walk` does, in a network of two limbs."""
        # The square may reach past 2**63 by a little: count in uint64, narrow to int64 once all lie inside.
        walked = self._through(numbers.view(np.uint64))
        outside = np.flatnonzero(walked >= np.uint64(bound))
        # With a square barely larger than its numbers, fewer than one in 255 is outside.
        while outside.size:
            walked[outside] = self._through(walked[outside])
            outside = outside[walked[outside] >= np.uint64(bound)]
        return walked.view(np.int64)

    def _through(self, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        width = np.uint64(self.sizes[1])
        upper = numbers // width
        limbs = upper.view(np.int64), (numbers - upper * width).view(np.int64)
        upper, lower = (limb.view(np.uint64) for limb in self.forward(limbs))
        return upper * width + lower

    def _rounds(self) -> list[tuple[int, int]]:
        """List the rounds as (key, index of the limb that moves)."""
        return [(mix(self.key + number * GOLDEN), number % len(self.sizes)) for number in range(self.rounds)]


def _add(limb: NDArray[np.uint64], words: NDArray[np.uint64], size: int) -> None:
    """Add words to a limb in place, modulo its size; of the two divisions this would take, one is enough."""
    # Modulo 10, 7 and 25: 25 becomes 5, the sum 12, and of 12 and 12 - 10 the smaller one is 2. For 3 and 25 it is 8,
    # since 8 - 10 goes around to a number near 2**64.
    words -= words // np.uint64(size) * np.uint64(size)
    limb += words
    np.minimum(limb, limb - np.uint64(size), out=limb)


def _hash_array(key: int, state: Sequence[NDArray[np.uint64]], index: int) -> NDArray[np.uint64]:
    first, *others = (limb for at, limb in enumerate(state) if at != index)
    words = mix_array(first + np.uint64(key))
    for other in others:
        words = mix_array(words + other)
    return words


def _hash(key: int, state: Sequence[int], index: int, size: int) -> int:
    """Hash all limbs but one, to a word, or to as many as the size of that one takes."""
    word = key
    for limb in (limb for at, limb in enumerate(state) if at != index):
        word = mix(word + limb)
        while limb >= LIMB_BOUND:
            limb >>= _WORD_BITS
            word = mix(word + limb)
    if size < LIMB_BOUND:
        return word
    count = size.bit_length() // _WORD_BITS + 2  # a word to spare, so that the remainder is as good as uniform
    return sum(mix(word + number * GOLDEN) << (_WORD_BITS * number) for number in range(count))


def limb_groups(radices: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Cut radices into runs whose products are below 2**63, halving at the most even place while one is not.

    >>> limb_groups((4, 999, 999))
    ((4, 999, 999),)
    >>> limb_groups((10**9, 10**6, 10**6, 10**9))
    ((1000000000, 1000000), (1000000, 1000000000))
    """
    if prod(radices) < LIMB_BOUND or len(radices) == 1:
        return (tuple(radices),)
    whole, before = prod(radices), list(accumulate(radices, mul))
    cut = min(range(1, len(radices)), key=lambda index: max(before[index - 1], whole // before[index - 1]))
    return limb_groups(radices[:cut]) + limb_groups(radices[cut:])


def limb_sizes(radices: Sequence[int]) -> tuple[int, ...]:
    """Multiply each run of `limb_groups`."""
    return tuple(prod(group) for group in limb_groups(radices))


def split_number(number: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """Write one number in mixed radix, most significant digit first; what is left over joins the first digit.

    >>> split_number(7 * 24 + 13, (7, 24))
    (7, 13)
    """
    digits: list[int] = []
    for size in reversed(sizes[1:]):
        number, digit = divmod(number, size)
        digits.append(digit)
    return (number, *reversed(digits))


def join_number(digits: Sequence[int], sizes: Sequence[int]) -> int:
    """Undo `split_number`."""
    number = 0
    for digit, size in zip(digits, sizes, strict=True):
        number = number * size + digit
    return number


def split_array(numbers: NDArray[Any], sizes: Sequence[int]) -> Limbs:
    """Write numbers in mixed radix: int64 [n] to one int64 [n] for each size; a single size takes any numbers.

    >>> [digit.tolist() for digit in split_array(np.array([13, 25]), (7, 24))]
    [[0, 1], [13, 1]]
    """
    digits: list[NDArray[Any]] = []
    for size in reversed(sizes[1:]):
        if size < LIMB_BOUND:
            quotient = numbers // np.int64(size)
            digits.append(numbers - quotient * np.int64(size))
            numbers = quotient
        else:
            digits.append(numbers)
            numbers = np.zeros_like(numbers)
    return (numbers, *reversed(digits))


def split_objects(numbers: Sequence[int], sizes: Sequence[int]) -> Limbs:
    """Write Python integers of any size in mixed radix, as arrays [n] of int64 where the size is below 2**63."""
    rows = [split_number(number, sizes) for number in numbers]
    return tuple(
        np.array([row[index] for row in rows], np.int64 if size < LIMB_BOUND else object)
        for index, size in enumerate(sizes)
    )


def join_arrays(digits: Limbs, sizes: Sequence[int]) -> list[int]:
    """Read mixed-radix digits, arrays [n], as Python integers of any size.

    >>> join_arrays((np.array([0, 1]), np.array([13, 1])), (7, 24))
    [13, 25]
    """
    if prod(sizes) >= LIMB_BOUND:
        return [join_number(row, sizes) for row in zip(*(digit.tolist() for digit in digits), strict=True)]
    numbers: list[int] = join_digits(digits, sizes).tolist()
    return numbers


def join_digits(digits: Sequence[NDArray[Any]], sizes: Sequence[int]) -> NDArray[Any]:
    """Undo `split_array`, where the whole fits the arrays; [n]."""
    numbers = digits[0]
    for digit, size in zip(digits[1:], sizes[1:], strict=True):
        numbers = numbers * np.int64(size) + digit
    return numbers
