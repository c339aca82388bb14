"""How many examples there are to take: enough without a doubt, or counted one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.canonical_blocks import canonical_keys
from exprlearn.dataset.drawing.split import SHARE, SPLITS, Split, split_codes
from exprlearn.dataset.streaming import ExampleStream
from exprlearn.sampling import Block, Stream

#: Spaces up to this size are counted when they may be too small; a hundred seconds.
COUNTABLE = 1 << 27

_BLOCK = 1 << 15
_TRIES = 1 << 11
_HELD_OUT = SHARE / (1 << 64)
_SHARES: Mapping[Split, float] = {"train": 1 - 2 * _HELD_OUT, "validation": _HELD_OUT, "test": _HELD_OUT}


@dataclass(frozen=True)
class Supply:
    """How many examples of a space there are.

    Attributes:
        held_out: of validation and test, at least.
        train: of each slice of the training part; None where there are more than anybody asked for.
    """

    held_out: Mapping[Split, int]
    train: tuple[int, ...] | None

    def given(self, part: Split, asked: int) -> int:
        """Return how many of the examples asked for a part can give."""
        if part != "train":
            return min(asked, self.held_out[part])
        return asked if self.train is None else min(asked, sum(self.train))


def supply(
    source: ExampleStream, asked: Mapping[Split, int], *, slices: int, lengths: Sequence[int] | None = None
) -> Supply | None:
    """Count what there is when it may be less than twice what is asked for; None when it is surely more.

    Args:
        source: the training part, whose order the slices follow.
        asked: how many examples of each part.
        slices: into how many slices the training part falls.
        lengths: how many positions the order of each stratum has; None for all expressions of the stratum.
    """
    stream = source.stream
    lengths = lengths or [stratum.size for stratum in stream.space.strata]
    if not is_countable(stream, lengths) or is_plenty(source, asked, lengths):
        return None
    train = np.zeros(slices, np.int64)
    parts = np.zeros(len(SPLITS), np.int64)
    for place, positions in _positions(stream, lengths):
        block = stream.draw(place, positions)
        kept = source.answering.answer_block(block).kept
        codes = _codes(source, block)
        parts += np.bincount(codes[kept], minlength=len(SPLITS))
        train += np.bincount(positions[kept & (codes == 0)] % slices, minlength=slices)
    return Supply({"validation": int(parts[1]), "test": int(parts[2])}, tuple(train.tolist()))


def is_countable(stream: Stream, lengths: Sequence[int], most: int = COUNTABLE) -> bool:
    """Tell whether so many expressions can be looked at one by one."""
    return sum(lengths[place] for place in _drawn(stream)) <= most


def is_plenty(source: ExampleStream, asked: Mapping[Split, int], lengths: Sequence[int]) -> bool:
    """Tell from a few expressions of each stratum whether there is twice as much as asked for."""
    examples = 0.0
    for place in _drawn(source.stream):
        tries = min(lengths[place], _TRIES)
        block = source.stream.draw(place, np.arange(tries, dtype=np.int64))
        kept = int(source.answering.answer_block(block).kept.sum())
        # Three standard deviations less than what was seen.
        examples += max(0.0, kept - 3 * sqrt(kept)) / max(tries, 1) * lengths[place]
    shares = _SHARES if source.by_content else dict.fromkeys(SPLITS, 1.0)
    return all(2 * count <= examples * shares[part] for part, count in asked.items())


def _codes(source: ExampleStream, block: Block) -> NDArray[np.int8]:
    if not source.by_content:
        return np.full(len(block), SPLITS.index(source.part), np.int8)
    keys = canonical_keys(block, source.answering.programs(block.skeletons), source.level)
    return split_codes(keys, source.salt)


def _drawn(stream: Stream) -> Iterator[int]:
    return (place for place, weight in enumerate(stream.mix) if weight)


def _positions(stream: Stream, lengths: Sequence[int]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """List all positions of all strata in blocks."""
    for place in _drawn(stream):
        for start in range(0, lengths[place], _BLOCK):
            yield place, np.arange(start, min(start + _BLOCK, lengths[place]), dtype=np.int64)
