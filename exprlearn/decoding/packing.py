"""Several examples in a row: short ones side by side, so that hardly a step of a row is padding.

    1+2  8*45  3+4  7  9-54     five examples, rows of 8 steps

    1+28*457   3+49-54·         what a row holds; `·` is padding
    11122223   11122220         its segments: which of its examples a step belongs to

Every example goes to the row with the least room that has enough for it (best fit; Johnson et al., 1974). A model that
looks at no other segment learns from each example as if it stood in a row of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.drawing.thinning import number_in_groups
from exprlearn.encoding.vocabulary import PAD
from exprlearn.errors import EncodingError

#: Rows have a multiple of so many steps, and no fewer than `FEWEST`: shorter ones would leave more of them unused.
MULTIPLE, FEWEST = 8, 48


def row_length_for(longest: int) -> int:
    """Return how many steps rows have that hold examples of up to so many.

    >>> row_length_for(17), row_length_for(50)
    (48, 56)
    """
    return max(FEWEST, -(-longest // MULTIPLE) * MULTIPLE)


def pack_examples(
    examples: Mapping[str, NDArray[np.int32]],
    lengths: NDArray[np.int64],
    row_length: int,
    random: np.random.Generator | None = None,
) -> dict[str, NDArray[Any]]:
    """Lay examples out in rows of several.

    Args:
        examples: name → (n, width) int32, flush left; of one example all are equally long.
        lengths: the steps of each example, (n,).
        row_length: the steps of a row.
        random: brings the rows into another order; None leaves them in that of their first examples.

    Returns:
        The same names, and `segments`: (rows, row_length) int32 each.

    Raises:
        EncodingError: an example that is longer than a row.

    >>> lines = np.array([[5, 6, 7, 0], [8, 9, 5, 6], [7, 7, 0, 0]], np.int32)
    >>> packed = pack_examples({"source": lines}, np.array([3, 4, 2]), 6)
    >>> packed["source"].tolist(), packed["segments"].tolist()
    ([[5, 6, 7, 0, 0, 0], [8, 9, 5, 6, 7, 7]], [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 2, 2]])
    """
    packing = find_places(lengths, row_length)
    order = slice(None) if random is None else random.permutation(packing.count)
    packed = {name: packing.lay_out(values) for name, values in examples.items()}
    return {name: rows[order] for name, rows in (packed | {"segments": packing.segments}).items()}


@dataclass(frozen=True, eq=False)
class Packing:
    """Where n examples stand in rows.

    Attributes:
        lengths: the steps of each example, (n,) int64.
        rows: the row of each, (n,) int64.
        starts: its first step there, (n,) int64.
        count: how many rows there are.
        row_length: the steps of a row.
    """

    lengths: NDArray[np.int64]
    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    count: int
    row_length: int

    def lay_out(self, examples: NDArray[np.int32]) -> NDArray[np.int32]:
        """Write examples (n, width), flush left, into rows (count, row_length)."""
        return self._fill(examples[:, : self._is_taken.shape[1]][self._is_taken])

    def take_back(self, packed: NDArray[Any]) -> NDArray[Any]:
        """Read examples (n, longest) out of rows (count, row_length, …); what no example fills is 0."""
        examples = np.zeros(self._is_taken.shape, packed.dtype)
        examples[self._is_taken] = packed.reshape(-1)[self._steps]
        return examples

    @cached_property
    def segments(self) -> NDArray[np.int32]:
        """Number the examples of each row from 1, at every step that they fill: (count, row_length)."""
        return self._fill(np.repeat(number_in_groups(self.rows), self.lengths))

    @cached_property
    def _is_taken(self) -> NDArray[np.bool_]:
        return np.asarray(np.arange(int(self.lengths.max(initial=0))) < self.lengths[:, None])

    @cached_property
    def _steps(self) -> NDArray[np.int64]:
        """Find each step of each example in all rows joined to one."""
        first = self.rows * self.row_length + self.starts
        return (first[:, None] + np.arange(self._is_taken.shape[1]))[self._is_taken]

    def _fill(self, values: NDArray[Any]) -> NDArray[np.int32]:
        packed = np.full(self.count * self.row_length, PAD, np.int32)
        packed[self._steps] = values
        return packed.reshape(self.count, self.row_length)


def find_places(lengths: NDArray[np.int64], row_length: int) -> Packing:
    """Find a place for examples of these lengths (n,): each in the row with the least room that has enough for it.

    Raises:
        EncodingError: an example that is longer than a row.

    >>> packing = find_places(np.array([3, 4, 3, 1, 4]), 8)
    >>> packing.rows.tolist(), packing.starts.tolist(), packing.count
    ([0, 0, 1, 0, 1], [0, 3, 0, 7, 3], 2)
    """
    longest = int(lengths.max(initial=0))
    if longest > row_length:
        raise EncodingError(f"rows of {row_length} steps have no room for an example of {longest}: make it shorter")
    rows_with: list[list[int]] = [[] for _ in range(row_length)]
    # Bit r says that a row has room for exactly r steps more, so that the lowest bit from a length on is the best fit.
    rooms, count = 0, 0
    rows, starts = [], []
    for length in lengths.tolist():
        if fitting := rooms >> length:
            room = length + (fitting & -fitting).bit_length() - 1
            row = rows_with[room].pop()
            if not rows_with[room]:
                rooms ^= 1 << room
        else:
            room, row, count = row_length, count, count + 1
        rows.append(row)
        starts.append(row_length - room)
        if room > length:
            rows_with[room - length].append(row)
            rooms |= 1 << room - length
    return Packing(lengths, np.array(rows, np.int64), np.array(starts, np.int64), count, row_length)
