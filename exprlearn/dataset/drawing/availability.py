"""How many examples there are to take: enough without a doubt, or counted one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.canonical_blocks import canonical_keys
from exprlearn.dataset.drawing.split import SHARE, SPLITS, Split, split_codes
from exprlearn.dataset.drawing.stream import ExampleStream
from exprlearn.sampling import Block, Stream

#: Spaces up to this size are counted when they may be too small; a hundred seconds.
COUNTABLE = 1 << 27

_BLOCK = 1 << 15
_TRIES = 1 << 11
_HELD_OUT = SHARE / (1 << 64)
_SHARES: Mapping[Split, float] = {"train": 1 - 2 * _HELD_OUT, "validation": _HELD_OUT, "test": _HELD_OUT}


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

    Args:
        source: the training split, whose order the slices follow.
        asked: how many examples of each split.
        slices: into how many slices the training split falls.
        lengths: how many positions the order of each stratum has; None for all expressions of the stratum.
    """
    stream = source.stream
    lengths = lengths or [stratum.size for stratum in stream.space.strata]
    if not is_countable(stream, lengths) or is_plenty(source, asked, lengths):
        return None
    train = np.zeros(slices, np.int64)
    splits = np.zeros(len(SPLITS), np.int64)
    for stratum_index, positions in _positions(stream, lengths):
        block = stream.draw(stratum_index, positions)
        kept = source.answering.answer_block(block).kept
        codes = _codes(source, block)
        splits += np.bincount(codes[kept], minlength=len(SPLITS))
        train += np.bincount(positions[kept & (codes == 0)] % slices, minlength=slices)
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
        kept = int(source.answering.answer_block(block).kept.sum())
        # Three standard deviations less than what was seen.
        examples += max(0.0, kept - 3 * sqrt(kept)) / max(tries, 1) * lengths[index]
    shares = _SHARES if source.filter.by_content else dict.fromkeys(SPLITS, 1.0)
    return all(2 * count <= examples * shares[split] for split, count in asked.items())


def _codes(source: ExampleStream, block: Block) -> NDArray[np.int8]:
    if not source.filter.by_content:
        return np.full(len(block), SPLITS.index(source.split), np.int8)
    keys = canonical_keys(block, source.answering.programs(block.skeletons), source.level)
    return split_codes(keys, source.salt)


def _drawn(stream: Stream) -> Iterator[int]:
    return (index for index, weight in enumerate(stream.mix) if weight)


def _positions(stream: Stream, lengths: Sequence[int]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """List all positions of all strata in blocks."""
    for index in _drawn(stream):
        for start in range(0, lengths[index], _BLOCK):
            yield index, np.arange(start, min(start + _BLOCK, lengths[index]), dtype=np.int64)
