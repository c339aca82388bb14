"""Keyed hashes: the only source of chance in the data, the same on every machine and NumPy version.

Each function on arrays has a counterpart on Python integers, so that one item can be checked without a block.
"""

from __future__ import annotations

import json
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

#: Raise it whenever a seed must give other data than before: every key below depends on it.
DATA_VERSION = 1

#: 2**64 divided by the golden ratio: the odd step that spreads neighbouring counters (splitmix64).
GOLDEN = 0x9E3779B97F4A7C15

_WORD = (1 << 64) - 1
_LONG, _LONG_BITS = 512, 14_000
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def derive_keys(count: int, *parts: str | int) -> tuple[int, ...]:
    """Make `count` independent 64-bit keys out of names and numbers such as a seed and a purpose.

    >>> derive_keys(2, 7, "train") == derive_keys(2, 7, "train")
    True
    >>> len({*derive_keys(2, 7, "train"), *derive_keys(2, 8, "train"), *derive_keys(2, 7, "test")})
    6
    """
    # JSON keeps 1 and "1", and ("a", "b") and ("ab",), apart.
    # Python writes no decimal numbers of more than 4300 digits; none of those had data before.
    written = [hex(part) if isinstance(part, int) and part.bit_length() > _LONG_BITS else part for part in parts]
    text = json.dumps([DATA_VERSION, *written]).encode()
    return tuple(_word(blake2b(text, digest_size=8, salt=number.to_bytes(8, "little"))) for number in range(count))


def _word(digest: blake2b) -> int:
    return int.from_bytes(digest.digest(), "little")


def mix(value: int) -> int:
    """Scatter a 64-bit number over all 64-bit numbers, one to one (the splitmix64 finaliser).

    >>> hex(mix(1))
    '0x5692161d100b05e5'
    """
    value &= _WORD
    value = ((value ^ (value >> 30)) * _FIRST) & _WORD
    value = ((value ^ (value >> 27)) * _SECOND) & _WORD
    return value ^ (value >> 31)


def mix_array(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter each number of a uint64 array of any shape as `mix` does.

    >>> mix_array(np.array([1], np.uint64)).tolist() == [mix(1)]
    True
    """
    with np.errstate(over="ignore"):
        mixed = values >> np.uint64(30)
        mixed ^= values
        mixed *= np.uint64(_FIRST)
        shifted = mixed >> np.uint64(27)
        mixed ^= shifted
        mixed *= np.uint64(_SECOND)
        mixed ^= np.right_shift(mixed, np.uint64(31), out=shifted)
    return mixed


def shuffled(key: int, size: int) -> NDArray[np.int64]:
    """Shuffle the numbers below `size` by a key; int64 [size].

    >>> sorted(shuffled(5, 4).tolist())
    [0, 1, 2, 3]
    """
    words = _words(np.array([key], np.uint64), size)[0]
    return (_rising(words) if size >= _LONG else np.argsort(words)).astype(np.int64, copy=False)


def shuffles(keys: NDArray[np.uint64], size: int) -> NDArray[np.int64]:
    """Shuffle the numbers below `size` once for each key; int64 [keys, size]."""
    # `mix` is one to one, so no two words are equal and every sorting method gives the same order.
    return np.argsort(_words(keys, size), axis=1).astype(np.int64, copy=False)


def _words(keys: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """Give the numbers below `size` a random word each, for each key; uint64 [keys, size]."""
    with np.errstate(over="ignore"):
        return mix_array(keys[:, None] + np.arange(size, dtype=np.uint64) * np.uint64(GOLDEN))


def _rising(words: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Sort random words twice as fast as by comparing them: NumPy counts sixteen bits at a time when asked to."""
    bits = words.astype("<u8", copy=False).view("<u2").reshape(-1, 4)
    order = np.argsort(bits[:, 2], kind="stable")
    order = order[np.argsort(bits[order, 3], kind="stable")]
    upper = (words >> np.uint64(32))[order]
    # Where upper halves are equal the lower ones decide: with 4 096 words in one shuffle of five hundred.
    return np.argsort(words) if (upper[1:] == upper[:-1]).any() else order
