"""Slices of a split: any number of workers can each make one, without knowing of the others.

In every stratum, slice j of S takes the expressions j, j + S, j + 2 S, … of the split's own order. So the slices have
nothing in common, each has its even share of every size, and all of them together are the whole split. Unlike the
stream that training reads, a slice never begins a second pass: an expression comes once or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.drawing.filter import Search
from exprlearn.dataset.drawing.rows import Rows, weave
from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.drawing.stream import ExampleStream
from exprlearn.errors import DataError
from exprlearn.sampling.ordering.apportion import apportion, whole_weights
from exprlearn.sampling.stream import ROUND

# Items tried at once.
_MOST = 1 << 16

# Assumed share of items that are examples before any were tried.
_FIRST_GUESS = 0.25


@dataclass(frozen=True)
class Piece:
    """Rows of one split in a file: those behind the first `skip` of a slice.

    Attributes:
        split: the split.
        rows: how many rows.
        skip: how many rows of the slice come before, in other files.
        slice: the number of the slice.
        slices: how many slices there are.
    """

    split: Split
    rows: int
    skip: int = 0
    slice: int = 0
    slices: int = 1


def draw_piece(source: ExampleStream, piece: Piece, lengths: Sequence[int] | None = None) -> Iterator[Rows]:
    """Yield the rows of a piece, in blocks of whatever length.

    Args:
        source: the split.
        piece: which of its rows.
        lengths: how many positions the order of each stratum has; None for all expressions of the stratum.

    Raises:
        DataError: the slice holds fewer, or hardly any expression is an example.
    """
    lengths = lengths or tuple(stratum.size for stratum in source.stream.space.strata)
    search, total, end = source.search(), piece.skip + piece.rows, _last_item(source, piece, lengths)
    start = done = 0
    while done < total:
        if start >= end:
            raise DataError(complaint(source, piece, search.kept, total))
        stop = start + _batch(total - done, search)
        pieces, eligible, rejected = [], 0, Counter[str]()
        for stratum_index, items, positions in _first_pass(source, piece, lengths, start, stop):
            found = source.filter.keep(source.stream.draw(stratum_index, positions))
            pieces.append(source.filter.describe(found, stratum_index, items[found.rows]))
            eligible += found.eligible
            rejected.update(found.rejected)
        search.note(sum(map(len, pieces)), stop - start, eligible, rejected)
        start = stop
        if pieces:
            rows = weave(pieces, [each.items for each in pieces])[1]
            wanted = rows.select(slice(max(0, piece.skip - done), max(0, total - done)))
            done += min(len(rows), total - done)
            if len(wanted):
                yield wanted


def _last_item(source: ExampleStream, piece: Piece, lengths: Sequence[int]) -> int:
    """Tell the number of items among which every expression of the slice has come."""
    mix = source.stream.mix
    shares = [-(-length // piece.slices) for length in lengths]
    passes = [share * sum(mix) / weight for share, weight in zip(shares, mix, strict=True) if weight]
    # Rounding shifts a stratum by less than one item for each of the others.
    return int(max(passes)) + len(shares) + 1


def _first_pass(
    source: ExampleStream, piece: Piece, lengths: Sequence[int], start: int, stop: int
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    """List by stratum the items that are of the first pass, and their positions."""
    found: dict[int, list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = {}
    for stratum_index, items, positions in source.stream.plan(start, stop):
        found.setdefault(stratum_index, []).append((items, positions))
    for stratum_index, columns in found.items():
        items, positions = (np.concatenate(column) for column in zip(*columns, strict=True))
        # Slice 1 of 3: items 0, 1, 2, … of the stratum are at positions 1, 4, 7, … of its order.
        positions = positions * piece.slices + piece.slice
        fresh = positions < min(lengths[stratum_index], np.iinfo(np.int64).max)
        if fresh.any():
            yield stratum_index, items[fresh], positions[fresh]


def complaint(source: ExampleStream, piece: Piece, kept: int, asked: int) -> str:
    """Say that a slice has fewer examples than asked for."""
    which = f"part {piece.slice + 1} of {piece.slices} of the " if piece.slices > 1 else "the "
    return (
        f"{which}{source.split} examples of {source.stream.space.grammar.name} has only {kept} of the {asked} asked "
        "for: ask for fewer, or widen the grammar's sizes and range"
    )


def used_up(source: ExampleStream, lengths: Sequence[int], taken: Sequence[tuple[Piece, int]]) -> Iterator[str]:
    """Name the sizes whose training examples have all been taken, when there are others that go on.

    Args:
        source: the training split.
        lengths: how many positions the order of each stratum has.
        taken: pieces of it, with how many items of its slice each took.
    """
    weights = whole_weights(source.stream.mix)
    passed = [(piece, apportion(weights, reached)) for piece, reached in taken]
    used: dict[str, bool] = {}
    for index, stratum in enumerate(source.stream.space.strata):
        left = any(ends[index] * piece.slices + piece.slice < lengths[index] for piece, ends in passed)
        used[str(stratum.sizes)] = used.get(str(stratum.sizes), True) and not left
    names = [sizes for sizes, is_used in used.items() if is_used]
    if names and len(names) < len(used):
        yield f"train holds every example there is of {', '.join(names)}: other sizes fill its place"


def _batch(missing: int, search: Search) -> int:
    """Choose how many items to try next, in whole rounds; no result depends on it."""
    share = max(search.kept, 1) / search.tried if search.tried else _FIRST_GUESS
    return -(-int(min(1.05 * missing / share, _MOST)) // ROUND) * ROUND or ROUND
