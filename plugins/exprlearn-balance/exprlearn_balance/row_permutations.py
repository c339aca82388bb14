"""Many keyed orders at once: each row has an order of its own, of as many indices as it says.

Where a stratum is drawn whole, one order serves millions of positions (`permutation`). Where every answer has its own
expressions, there are thousands of short orders, and a block asks each of them for a position or two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.ordering.hashing import GOLDEN, mix, mix_array
from exprlearn.sampling.ordering.permutation import Feistel, square_sizes

#: Orders of fewer indices go through all rows at once, larger ones one row after the other.
_LARGE = 1 << 62

# Small squares need more rounds than large ones: with 8, orders of twelve indices are still visibly not random.
_ROUNDS = 24


def permute_rows(positions: NDArray[np.int64], sizes: NDArray[Any], keys: NDArray[np.uint64]) -> NDArray[Any]:
    """Map each position by the order of its row.

    Args:
        positions: int64 [n]; positions from the row's size on belong to a further pass, in another order.
        sizes: [n], how many indices each row has; int64, or Python integers.
        keys: uint64 [n], the choice of each order; equal keys and sizes are the same order.

    Returns:
        [n], of the kind of `sizes`.

    >>> positions, rows = np.arange(6), np.zeros(6, np.int64)
    >>> sorted(permute_rows(positions, rows + 6, np.zeros(6, np.uint64)).tolist())
    [0, 1, 2, 3, 4, 5]
    """
    if sizes.dtype == object:
        return _one_by_one(positions, sizes, keys)
    passes = positions // sizes
    with np.errstate(over="ignore"):
        chosen = mix_array(keys + passes.astype(np.uint64) * np.uint64(GOLDEN))
    heights = np.sqrt(sizes).astype(np.int64) + 1
    widths = -(-sizes // heights)
    indices: NDArray[np.int64] = positions - passes * sizes
    outside = np.arange(len(indices))
    while outside.size:
        indices[outside] = _through(indices[outside], heights[outside], widths[outside], chosen[outside])
        outside = outside[indices[outside] >= sizes[outside]]
    return indices


def _through(
    numbers: NDArray[np.int64], heights: NDArray[np.int64], widths: NDArray[np.int64], keys: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """Shuffle the cells of a square of each row: a Feistel network as in `permutation`."""
    upper = numbers // widths
    limbs = [upper.view(np.uint64), (numbers - upper * widths).view(np.uint64)]
    sizes = [heights.view(np.uint64), widths.view(np.uint64)]
    with np.errstate(over="ignore"):
        for number in range(_ROUNDS):
            moved, other = number % 2, 1 - number % 2
            words = mix_array(mix_array(keys + np.uint64(number * GOLDEN % 2**64)) ^ limbs[other])
            limbs[moved] = (limbs[moved] + words % sizes[moved]) % sizes[moved]
    shuffled: NDArray[np.int64] = limbs[0].view(np.int64) * widths + limbs[1].view(np.int64)
    return shuffled


def _one_by_one(
    positions: NDArray[np.int64], sizes: NDArray[np.object_], keys: NDArray[np.uint64]
) -> NDArray[np.object_]:
    indices = np.zeros(len(positions), object)
    small = np.flatnonzero(sizes < _LARGE)
    indices[small] = permute_rows(positions[small], sizes[small].astype(np.int64), keys[small])
    for row in np.flatnonzero(sizes >= _LARGE).tolist():
        size = int(sizes[row])
        pass_number, offset = divmod(int(positions[row]), size)
        network = Feistel(square_sizes(size), mix(mix(int(keys[row])) + pass_number * GOLDEN))
        indices[row] = network.walk(offset, size)
    return indices
