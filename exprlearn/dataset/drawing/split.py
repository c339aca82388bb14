"""Which split an expression belongs to: decided by its content alone.

The canonical key of an expression is hashed once more and the result compared with fixed shares. So the same
expression, and every other that says the same, is in the same split whatever the grammar, the seed, the stage of
a curriculum or the machine; nothing is stored.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.canonical import Level, canonical_key
from exprlearn.sampling.ordering.hashing import mix, mix_array

Split = Literal["train", "validation", "test"]

#: In the order of their codes.
SPLITS: Final[tuple[Split, ...]] = ("train", "validation", "test")

#: A tenth of all forms each for validation and test. Fixed: another share would move forms between splits.
SHARE: Final = (1 << 64) // 10

_SALT = int.from_bytes(blake2b(b"exprlearn split 1", digest_size=8).digest(), "little")


def split_of(expression: str, level: Level = "commutative", salt: int = 0) -> Split:
    """Tell which split an expression belongs to.

    Args:
        expression: any arithmetic expression.
        level: what expressions that must not be in different splits have in common.
        salt: another number, another division of all expressions.

    Raises:
        ExpressionSyntaxError: at the levels that read the expression, when it is none.

    >>> len({split_of(text) for text in ("1+2+3", "3+1+2", "(2+3)+1")})
    1
    """
    word = mix(canonical_key(expression, level) ^ _salted(salt))
    return SPLITS[2 if word < SHARE else 1 if word < 2 * SHARE else 0]


def split_codes(keys: NDArray[np.uint64], salt: int = 0) -> NDArray[np.int8]:
    """Tell the split of each canonical key, as an index into `SPLITS`; int8 [n]."""
    words = mix_array(keys ^ np.uint64(_salted(salt)))
    return (words < np.uint64(2 * SHARE)).astype(np.int8) + (words < np.uint64(SHARE)).astype(np.int8)


def _salted(salt: int) -> int:
    return mix(_SALT + salt)
