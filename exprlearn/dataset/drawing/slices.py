"""Slices of a split, which workers can make without knowing of one another, and how many examples there are.

In every stratum, slice j of S takes the expressions j, j + S, j + 2 S, … of the split's own order. So the slices have
nothing in common, each has its even share of every size, and all of them together are the whole split. Unlike the
stream that training reads, a slice never begins a second pass: an expression comes once or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from exprlearn.dataset.drawing.example_stream import ExampleStream, Search
from exprlearn.dataset.drawing.rows import Rows, weave
from exprlearn.dataset.drawing.split import SHARE, SPLITS, Split
from exprlearn.errors import DataError
from exprlearn.sampling import Stream
from exprlearn.sampling.stream import ROUND, apportion, longest_pass, whole_weights

# Items tried at once.
_MOST = 1 << 16

#: Spaces up to this size are counted when they may be too small, a hundred seconds; fewer where workings are looked at.
COUNTABLE, COUNTABLE_WORKINGS = 1 << 27, 1 << 21
_BLOCK, _TRIES = 1 << 15, 1 << 11
_HELD_OUT = SHARE / (1 << 64)
_SHARES: Mapping[Split, float] = {"train": 1 - 2 * _HELD_OUT, "validation": _HELD_OUT, "test": _HELD_OUT}

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

    # Read from manifests, where nothing else may stand.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    split: Split
    rows: Annotated[int, Field(ge=0)]
    skip: Annotated[int, Field(ge=0)] = 0
    slice: Annotated[int, Field(ge=0)] = 0
    slices: Annotated[int, Field(ge=1)] = 1


def draw_piece(source: ExampleStream, piece: Piece, lengths: Sequence[int] | None = None) -> Iterator[Rows]:
    """Yield the rows of a piece of a split, in blocks of whatever length.

    `lengths`: how many positions the order of each stratum has; None for all expressions of the stratum.

    Raises:
        DataError: the slice holds fewer, or hardly any expression is an example.
    """
    lengths = lengths or tuple(stratum.size for stratum in source.stream.space.strata)
    search, total, end = source.search(), piece.skip + piece.rows, _last_item(source, piece, lengths)
    start = done = 0
    left_out = np.empty(0, np.int64)
    while done < total:
        if start >= end:
            raise DataError(complaint(source, piece, search.kept, total))
        stop = start + _batch(total - done, search)
        pieces, eligible, rejected = [], 0, Counter[str]()
        for stratum_index, items, positions in _first_pass(source, piece, lengths, start, stop):
            found = source.filter.keep(source.stream.draw(stratum_index, positions))
            pieces.append(source.filter.describe(found, stratum_index, items[found.rows]))
            if len(found.left_out):
                left_out = np.append(left_out, items[found.left_out])
            eligible += found.eligible
            rejected.update(found.rejected)
        search.note(sum(map(len, pieces)), stop - start, eligible, rejected)
        start = stop
        if pieces:
            rows = weave(pieces, [each.items for each in pieces])[1]
            wanted = rows.select(slice(max(0, piece.skip - done), max(0, total - done)))
            done += min(len(rows), total - done)
            if len(wanted):
                # What was left out behind the last row is another piece's, or counted with the rows that follow.
                passed = left_out < wanted.items[-1]
                yield replace(wanted, left_out=int(passed.sum()))
                left_out = left_out[~passed]


def _last_item(source: ExampleStream, piece: Piece, lengths: Sequence[int]) -> int:
    """Tell the number of items among which every expression of the slice has come."""
    return longest_pass([-(-length // piece.slices) for length in lengths], source.stream.mix)


def _first_pass(
    source: ExampleStream, piece: Piece, lengths: Sequence[int], start: int, stop: int
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    """List by stratum the items that are of the first pass, and their positions."""
    for stratum_index, items, positions in source.stream.plan(start, stop):
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

    `lengths`: as of `draw_piece`; `taken`: pieces, with how many items of its slice each took.
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


@dataclass(frozen=True)
class Availability:
    """How many examples of a space there are.

    Attributes:
        held_out: of validation and test, at least.
        train: of each slice of the training split; None where there are more than anybody asked for.
    """

    held_out: Mapping[Split, int]
    train: tuple[int, ...] | None

    def given(self, split: Split, asked: int) -> int:
        """Return how many of the examples asked for a split can give."""
        if split != "train":
            return min(asked, self.held_out[split])
        return asked if self.train is None else min(asked, sum(self.train))


def count_available(
    source: ExampleStream, asked: Mapping[Split, int], *, slices: int, lengths: Sequence[int] | None = None
) -> Availability | None:
    """Count what there is when it may be less than twice what is asked for; None when it is surely more.

    `source` is the training split, which falls into so many slices; `lengths`: as of `draw_piece`.
    """
    stream = source.stream
    lengths = lengths or [stratum.size for stratum in stream.space.strata]
    most = COUNTABLE if source.answering.lines is None else COUNTABLE_WORKINGS
    if not is_countable(stream, lengths, most) or is_plenty(source, asked, lengths):
        return None
    train = np.zeros(slices, np.int64)
    splits = np.zeros(len(SPLITS), np.int64)
    for stratum_index, positions in _positions(stream, lengths):
        block = stream.draw(stratum_index, positions)
        answered, codes = source.answering.answer_block(block), source.filter.codes(block)
        splits += np.bincount(codes[answered.kept], minlength=len(SPLITS))
        rows = np.flatnonzero(answered.kept & (codes == 0))
        rows = rows[source.filter.shows_no_held_out(block.chosen(rows), answered.answers[rows])]
        train += np.bincount(positions[rows] % slices, minlength=slices)
    return Availability({"validation": int(splits[1]), "test": int(splits[2])}, tuple(train.tolist()))


def is_countable(stream: Stream, lengths: Sequence[int], most: int = COUNTABLE) -> bool:
    """Tell whether so many expressions can be looked at one by one."""
    return sum(lengths[index] for index in _drawn(stream)) <= most


def is_plenty(source: ExampleStream, asked: Mapping[Split, int], lengths: Sequence[int]) -> bool:
    """Tell from a few expressions of each stratum whether there is twice as much as asked for."""
    examples = 0.0
    for index in _drawn(source.stream):
        tries = min(lengths[index], _TRIES)
        block = source.stream.draw(index, np.arange(tries, dtype=np.int64))
        answered = source.answering.answer_block(block)
        rows = np.flatnonzero(answered.kept)
        kept = int(source.filter.shows_no_held_out(block.chosen(rows), answered.answers[rows]).sum())
        # Three standard deviations less than what was seen.
        examples += max(0.0, kept - 3 * sqrt(kept)) / max(tries, 1) * lengths[index]
    shares = _SHARES if source.filter.by_content else dict.fromkeys(SPLITS, 1.0)
    return all(2 * count <= examples * shares[split] for split, count in asked.items())


def _drawn(stream: Stream) -> Iterator[int]:
    return (index for index, weight in enumerate(stream.mix) if weight)


def _positions(stream: Stream, lengths: Sequence[int]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """List all positions of all strata in blocks."""
    for index in _drawn(stream):
        for start in range(0, lengths[index], _BLOCK):
            yield index, np.arange(start, min(start + _BLOCK, lengths[index]), dtype=np.int64)
