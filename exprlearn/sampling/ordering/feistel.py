"""A keyed shuffle of indices of any size: indices as limbs, and a Feistel network over the limbs.

The index of an expression within its stratum is a mixed-radix number whose digits are the skeleton and the fillers
of its slots. A limb is a run of neighbouring digits that fits an int64 array. Only a single digit of 2**63 or more,
which a huge number of skeletons can be, stays an array of Python integers.

The network works over the groups Z_m instead of over bits: each round adds to one limb a keyed hash of the others,
modulo that limb's size. A round can be undone whatever the hash is, so the whole is one to one on exactly
m1 * m2 * ... numbers: no memory, no collisions, no wider arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import prod
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.ordering.hashing import GOLDEN, mix, mix_array

#: One array [n] for each limb, most significant first: int64, or Python integers where its size is 2**63 or more.
Limbs = tuple[NDArray[Any], ...]

#: A limb holds numbers below this, so that sums of two fit 64 bits unsigned.
LIMB_BOUND = 1 << 63


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
    numbers = digits[0]
    for digit, size in zip(digits[1:], sizes[1:], strict=True):
        numbers = numbers * np.int64(size) + digit
    joined: list[int] = numbers.tolist()
    return joined


#: Eight rounds over two limbs cannot be told from chance by chi-square tests; two rounds can.
_SWEEPS = 4
_WORD_BITS = 64


@dataclass(frozen=True)
class Feistel:
    """A one-to-one map of Z_m1 x Z_m2 x ... chosen by a 64-bit key.

    Args:
        sizes: m1, m2, ... (two or more); arrays need each below 2**63, `forward_scalar` takes any.
        key: the choice of the map.

    >>> network = Feistel((3, 4), key=11)
    >>> network.inverse_scalar(network.forward_scalar((2, 1)))
    (2, 1)
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
        """Map one tuple of limbs, as `forward` does."""
        state = list(limbs)
        for key, index in self._rounds():
            state[index] = (state[index] + self._hash(key, state, index)) % self.sizes[index]
        return tuple(state)

    def inverse_scalar(self, limbs: Sequence[int]) -> tuple[int, ...]:
        """Undo `forward_scalar`."""
        state = list(limbs)
        for key, index in reversed(self._rounds()):
            state[index] = (state[index] - self._hash(key, state, index)) % self.sizes[index]
        return tuple(state)

    def _rounds(self) -> list[tuple[int, int]]:
        """List the rounds as (key, index of the limb that moves)."""
        return [(mix(self.key + number * GOLDEN), number % len(self.sizes)) for number in range(self.rounds)]

    def _hash(self, key: int, state: Sequence[int], index: int) -> int:
        word = key
        for other in (limb for at, limb in enumerate(state) if at != index):
            word = _absorb(word, other)
        return _widen(word, self.sizes[index])


def _add(limb: NDArray[np.uint64], words: NDArray[np.uint64], size: int) -> None:
    """Add words to a limb in place, modulo its size; of the two divisions this would take, one is enough."""
    words -= words // np.uint64(size) * np.uint64(size)
    limb += words
    # Both were below the size, so at most one of it is too much: the smaller of two unsigned numbers is the right one.
    np.minimum(limb, limb - np.uint64(size), out=limb)


def _hash_array(key: int, state: Sequence[NDArray[np.uint64]], index: int) -> NDArray[np.uint64]:
    others = [limb for at, limb in enumerate(state) if at != index]
    words = mix_array(others[0] + np.uint64(key))
    for other in others[1:]:
        words = mix_array(words + other)
    return words


def _absorb(word: int, limb: int) -> int:
    word = mix(word + limb)
    while limb >= LIMB_BOUND:
        limb >>= _WORD_BITS
        word = mix(word + limb)
    return word


def _widen(word: int, size: int) -> int:
    if size < LIMB_BOUND:
        return word
    count = size.bit_length() // _WORD_BITS + 2  # a word to spare, so that the remainder is as good as uniform
    return sum(mix(word + number * GOLDEN) << (_WORD_BITS * number) for number in range(count))
