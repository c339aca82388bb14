"""Expressions put together number by number: what a skeleton writes between two numbers is one piece.

The same serves for every way to write: as characters, or as ids of tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.packing import PIECE, Packer, Words, joined, pieces_of
from exprlearn.sampling.runs import Runs
from exprlearn.sampling.skeletons import SkeletonTable

# Numbers and the runs behind them are written by one table where there are no more than this of both together.
_UNITS = 1 << 16


@dataclass(frozen=True)
class Numbers:
    """How the numbers of a language are written.

    Attributes:
        size: how many there are.
        longest: the most bytes of a number.
        write: makes columns of pieces, from left to right, of a column of indices, int64 [n].
    """

    size: int
    longest: int
    write: Callable[[NDArray[np.int64]], list[Words]]


def listed_numbers(texts: Sequence[bytes]) -> Numbers:
    """Write numbers by a table of all of them.

    >>> numbers = listed_numbers([b"8", b"9", b"10"])
    >>> numbers.longest, [len(column) for column in numbers.write(np.array([2, 0]))]
    (2, [2])
    """
    tables = pieces_of(texts)
    return Numbers(len(texts), max(map(len, texts)), lambda indices: [table.take(indices) for table in tables])


@dataclass(frozen=True, eq=False)
class _Unit:
    """Every number of a slot with every run behind it; `starts` says where in the table those of a skeleton begin."""

    starts: NDArray[np.unsignedinteger]
    table: Words


class Assembly:
    """Writes expressions of the skeletons of one table.

    Args:
        table: the skeletons.
        runs: what stands between their numbers.
        literals: what to write for each fixed text.
        numbers: for each filler column, what to write for its numbers.
        width: the most bytes of a row.
        mirrored: rows are put together from right to left: `numbers` write back to front, and `literals` are turned
            around here.
    """

    def __init__(
        self,
        table: SkeletonTable,
        runs: Runs,
        literals: Sequence[bytes],
        numbers: Sequence[Numbers],
        width: int,
        *,
        mirrored: bool = False,
    ) -> None:
        self._table, self._numbers, self._width, self._mirrored = table, tuple(numbers), width, mirrored
        self._run_numbers = runs.numbers
        texts = [b"".join(literals[token] for token in run) for run in runs.runs]
        self._runs = pieces_of([text[::-1] for text in texts] if mirrored else texts)
        lengths = np.array([len(text) for text in texts], np.int64)
        self._longest = [int(lengths[gap].max(initial=0)) for gap in runs.numbers]
        self._units = [self._unit(slot, gap) for slot, gap in self._steps()]

    def rows(self, rows: NDArray[np.int64], fillers: NDArray[np.int64]) -> tuple[NDArray[np.uint8], Words]:
        """Write expressions.

        Args:
            rows: int64 [n], a row of the table for each expression.
            fillers: int64 [n, slots], an index into the language of each filler column.

        Returns:
            uint8 [n, some more than the longest], zero behind the ends, and uint64 [n], how many bytes each has.
        """
        packer = Packer(len(rows), self._width)
        for column in self._pieces(rows, fillers):
            packer.add(column)
        return packer.bytes(), packer.lengths()

    def _steps(self) -> list[tuple[int, int]]:
        """List the slots in the order in which they are put together, each with the gap that comes after it."""
        slots = self._table.slots
        return (
            [(slot, slot) for slot in reversed(range(slots))] if self._mirrored else [(k, k + 1) for k in range(slots)]
        )

    def _pieces(self, rows: NDArray[np.int64], fillers: NDArray[np.int64]) -> Iterator[Words]:
        """List the columns of pieces in the order in which they are put together."""
        write = self._writers(rows, fillers)
        yield from self._run(self._table.slots if self._mirrored else 0, rows)
        for (slot, gap), unit in zip(self._steps(), self._units, strict=True):
            if unit is not None:
                yield unit.table.take(unit.starts.take(rows) + fillers[:, slot])
                continue
            number, run = write(slot), self._run(gap, rows)
            if len(number) == len(run) == 1 and self._longest_number(slot) + self._longest[gap] <= PIECE:
                yield joined(*number, *run)
            else:
                yield from number
                yield from run

    def _unit(self, slot: int, gap: int) -> _Unit | None:
        """Make a table of the numbers of a slot with the runs behind them, where it is small."""
        if not self._table.columns_are_in_order:
            return None
        numbers, met = self._numbers[slot], np.unique(self._run_numbers[gap])
        if numbers.longest + self._longest[gap] > PIECE or numbers.size * len(met) > _UNITS:
            return None
        written = numbers.write(np.arange(numbers.size))
        if len(written) != 1:
            return None
        runs = self._runs[0].take(met) if self._longest[gap] else np.zeros(len(met), np.uint64)
        table = joined(np.tile(written[0], len(met)), np.repeat(runs, numbers.size))
        starts = np.searchsorted(met, self._run_numbers[gap]) * numbers.size
        return _Unit(starts.astype(np.min_scalar_type(len(table))), table)

    def _run(self, gap: int, rows: NDArray[np.int64]) -> list[Words]:
        if not self._longest[gap]:
            return []
        numbers = self._run_numbers[gap].take(rows)
        return [column.take(numbers) for column in self._runs[: -(-self._longest[gap] // PIECE)]]

    def _longest_number(self, slot: int) -> int:
        if self._table.columns_are_in_order:
            return self._numbers[slot].longest
        return max(numbers.longest for numbers in self._numbers)

    def _writers(self, rows: NDArray[np.int64], fillers: NDArray[np.int64]) -> Callable[[int], list[Words]]:
        """Return what writes the number of a slot, counted from left to right."""
        if self._table.columns_are_in_order:
            return lambda slot: self._numbers[slot].write(fillers[:, slot])
        written = [numbers.write(fillers[:, column]) for column, numbers in enumerate(self._numbers)]
        most = max(map(len, written))
        # What is shorter ends with nothing.
        nothing = np.zeros(len(rows), np.uint64)
        ordered = [
            self._table.from_left_to_right(np.stack([(each + [nothing] * most)[place] for each in written], 1), rows)
            for place in range(most)
        ]
        return lambda slot: [columns[:, slot] for columns in ordered]
