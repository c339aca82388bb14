"""A keyed shuffle of numbers written in mixed radix: a Feistel network over the groups Z_m instead of over bits.

Each round adds to one limb a keyed hash of the others, modulo that limb's size. A round can be undone whatever the
hash is, so the whole is one to one on exactly m1 * m2 * ... numbers: no memory, no collisions, no wider arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.hashing import GOLDEN, mix, mix_array

#: One array [n] for each limb, most significant first: int64, or Python integers where its size is 2**63 or more.
Limbs = tuple[NDArray[Any], ...]

#: Eight rounds over two limbs cannot be told from chance by chi-square tests; two rounds can.
_SWEEPS = 4
_WORD_BITS = 64
_LIMB_BOUND = 1 << 63


@dataclass(frozen=True)
class Feistel:
    """A one-to-one map of Z_m1 x Z_m2 x ... chosen by a 64-bit key.

    Args:
        sizes: m1, m2, ... (two or more); arrays need each below 2**63, the scalar twins take any.
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
        for key, place in self._rounds():
            _add(state[place], _hash_array(key, state, place), self.sizes[place])
        return tuple(limb.view(np.int64) for limb in state)

    def inverse(self, limbs: Limbs) -> Limbs:
        """Undo `forward`."""
        state = [limb.astype(np.uint64) for limb in limbs]
        for key, place in reversed(self._rounds()):
            words = _hash_array(key, state, place)
            # Adding the opposite of a remainder takes it away.
            _add(state[place], np.uint64(self.sizes[place]) - words % np.uint64(self.sizes[place]), self.sizes[place])
        return tuple(limb.view(np.int64) for limb in state)

    def forward_scalar(self, limbs: Sequence[int]) -> tuple[int, ...]:
        """Map one tuple of limbs, as `forward` does."""
        state = list(limbs)
        for key, place in self._rounds():
            state[place] = (state[place] + self._hash(key, state, place)) % self.sizes[place]
        return tuple(state)

    def inverse_scalar(self, limbs: Sequence[int]) -> tuple[int, ...]:
        """Undo `forward_scalar`."""
        state = list(limbs)
        for key, place in reversed(self._rounds()):
            state[place] = (state[place] - self._hash(key, state, place)) % self.sizes[place]
        return tuple(state)

    def _rounds(self) -> list[tuple[int, int]]:
        """List the rounds as (key, place of the limb that moves)."""
        return [(mix(self.key + number * GOLDEN), number % len(self.sizes)) for number in range(self.rounds)]

    def _hash(self, key: int, state: Sequence[int], place: int) -> int:
        word = key
        for other in (limb for at, limb in enumerate(state) if at != place):
            word = _absorb(word, other)
        return _widen(word, self.sizes[place])


def _add(limb: NDArray[np.uint64], words: NDArray[np.uint64], size: int) -> None:
    """Add words to a limb in place, modulo its size; of the two divisions this would take, one is enough."""
    words -= words // np.uint64(size) * np.uint64(size)
    limb += words
    # Both were below the size, so at most one of it is too much: the smaller of two unsigned numbers is the right one.
    np.minimum(limb, limb - np.uint64(size), out=limb)


def _hash_array(key: int, state: Sequence[NDArray[np.uint64]], place: int) -> NDArray[np.uint64]:
    others = [limb for at, limb in enumerate(state) if at != place]
    words = mix_array(others[0] + np.uint64(key))
    for other in others[1:]:
        words = mix_array(words + other)
    return words


def _absorb(word: int, limb: int) -> int:
    word = mix(word + limb)
    while limb >= _LIMB_BOUND:
        limb >>= _WORD_BITS
        word = mix(word + limb)
    return word


def _widen(word: int, size: int) -> int:
    if size < _LIMB_BOUND:
        return word
    count = size.bit_length() // _WORD_BITS + 2  # a word to spare, so that the remainder is as good as uniform
    return sum(mix(word + number * GOLDEN) << (_WORD_BITS * number) for number in range(count))
