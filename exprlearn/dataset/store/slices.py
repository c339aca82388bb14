"""Slices of a part: any number of workers can each make one, without knowing of the others.

In every stratum, slice j of S takes the expressions j, j + S, j + 2 S, … of the part's own order. So the slices have
nothing in common, each has its even share of every size, and all of them together are the whole part. Unlike the
stream that training reads, a slice never begins a second pass: an expression comes once or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.searching import Search
from exprlearn.dataset.store.judging import Judge
from exprlearn.dataset.store.rows import Rows
from exprlearn.dataset.streaming import ExampleStream
from exprlearn.errors import DataError
from exprlearn.sampling.stream import ROUND

# Items tried at once.
_MOST = 1 << 16

# Assumed share of items that are examples before any were tried.
_FIRST_GUESS = 0.25


class Slice:
    """Slice `number` of `count` of the examples of a part.

    Args:
        source: the part.
        number: which slice, from 0.
        count: how many slices there are.
        lengths: how many positions the order of each stratum has; None for all expressions of the stratum.
    """

    def __init__(
        self, source: ExampleStream, number: int = 0, count: int = 1, lengths: Sequence[int] | None = None
    ) -> None:
        self.source, self.number, self.count = source, number, count
        self._lengths = lengths or tuple(stratum.size for stratum in source.stream.space.strata)
        self._judge = Judge(source)

    def take(self, count: int, skip: int = 0) -> Iterator[Rows]:
        """Yield the first rows in pieces of whatever length.

        Args:
            count: how many rows.
            skip: how many rows to leave out before them.

        Raises:
            DataError: the slice holds fewer, or hardly any expression is an example.
        """
        search, total = self.source.search(), skip + count
        start = done = 0
        while done < total:
            if start >= self.end:
                raise DataError(self._complaint(total, search))
            stop = start + _batch(total - done, search)
            rows = self._found(start, stop, search).between(0, total - done)
            wanted = rows.between(max(0, skip - done), len(rows))
            start, done = stop, done + len(rows)
            if len(wanted):
                yield wanted

    @cached_property
    def end(self) -> int:
        """The number of items among which every expression of the slice has come."""
        stream = self.source.stream
        whole = sum(stream.mix)
        shares = [-(-length // self.count) for length in self._lengths]
        passes = [share * whole / weight for share, weight in zip(shares, stream.mix, strict=True) if weight]
        # Rounding shifts a stratum by less than one item for each of the others.
        return int(max(passes)) + len(shares) + 1

    def _found(self, start: int, stop: int, search: Search) -> Rows:
        """Find the rows among items start to stop."""
        pieces = [
            self._judge.rows(place, self.source.stream.draw(place, positions), items, search)
            for place, items, positions in self._fresh(start, stop)
        ]
        search.note(sum(map(len, pieces)), stop - start, 0, {})
        return self._judge.woven(pieces)

    def _fresh(self, start: int, stop: int) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
        """List by stratum the items that are of the first pass, and their positions."""
        found: dict[int, list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = {}
        for place, items, positions in self.source.stream.plan(start, stop):
            found.setdefault(place, []).append((items, positions))
        for place, columns in found.items():
            items, positions = (np.concatenate(column) for column in zip(*columns, strict=True))
            positions = positions * self.count + self.number
            fresh = positions < min(self._lengths[place], np.iinfo(np.int64).max)
            if fresh.any():
                yield place, items[fresh], positions[fresh]

    def _complaint(self, count: int, search: Search) -> str:
        return complaint(self.source, self.number, self.count, search.kept, count)


def complaint(source: ExampleStream, number: int, slices: int, kept: int, asked: int) -> str:
    """Say that a slice of a part has fewer examples than asked for."""
    which = f"part {number + 1} of {slices} of the " if slices > 1 else "the "
    return (
        f"{which}{source.part} examples of {source.stream.space.grammar.name} has only {kept} of the {asked} asked "
        "for: ask for fewer, or widen the grammar's sizes and range"
    )


def _batch(missing: int, search: Search) -> int:
    """Choose how many items to try next, in whole rounds; no result depends on it."""
    share = max(search.kept, 1) / search.tried if search.tried else _FIRST_GUESS
    return -(-int(min(1.05 * missing / share, _MOST)) // ROUND) * ROUND or ROUND
