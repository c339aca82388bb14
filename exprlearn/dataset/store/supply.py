"""How many examples there are to take: enough without a doubt, or counted one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.answering import Answering
from exprlearn.dataset.canonical import Level
from exprlearn.dataset.canonical_blocks import canonical_keys
from exprlearn.dataset.parts import PARTS, SHARE, Part, part_codes
from exprlearn.sampling.stream import Stream

#: Spaces up to this size are counted when they may be too small; a hundred seconds.
COUNTABLE = 1 << 27

_BLOCK = 1 << 15
_TRIES = 1 << 11
_HELD_OUT = SHARE / (1 << 64)
_SHARES: Mapping[Part, float] = {"train": 1 - 2 * _HELD_OUT, "validation": _HELD_OUT, "test": _HELD_OUT}


@dataclass(frozen=True)
class Supply:
    """All examples of a space, counted.

    Attributes:
        held_out: of validation and test.
        train: of each slice of the training part.
    """

    held_out: Mapping[Part, int]
    train: tuple[int, ...]

    def of(self, part: Part) -> int:
        """Return how many examples a part has."""
        return sum(self.train) if part == "train" else self.held_out[part]


def supply(
    stream: Stream, answering: Answering, asked: Mapping[Part, int], *, slices: int, level: Level, salt: int = 0
) -> Supply | None:
    """Count what there is when it may be less than twice what is asked for; None when it is surely more.

    Args:
        stream: of the training part, whose order the slices follow.
        answering: the rules that decide which expressions are examples.
        asked: how many examples of each part.
        slices: into how many slices the training part falls.
        level: what expressions of different parts must not have in common.
        salt: another number, another division into parts.
    """
    size = sum(stream.space.strata[place].size for place in _drawn(stream))
    if size > COUNTABLE or _is_plenty(stream, answering, asked):
        return None
    train = np.zeros(slices, np.int64)
    parts = np.zeros(len(PARTS), np.int64)
    for place, positions in _positions(stream):
        block = stream.draw(place, positions)
        keys = canonical_keys(block, answering.programs(block.skeletons), level)
        kept = answering.answer_block(block).kept
        codes = part_codes(keys, salt)
        parts += np.bincount(codes[kept], minlength=len(PARTS))
        train += np.bincount(positions[kept & (codes == 0)] % slices, minlength=slices)
    return Supply({"validation": int(parts[1]), "test": int(parts[2])}, tuple(train.tolist()))


def _is_plenty(stream: Stream, answering: Answering, asked: Mapping[Part, int]) -> bool:
    """Tell from a few expressions of each stratum whether there is twice as much as asked for."""
    examples = 0.0
    for place in _drawn(stream):
        size = stream.space.strata[place].size
        tries = min(size, _TRIES)
        kept = int(answering.answer_block(stream.draw(place, np.arange(tries, dtype=np.int64))).kept.sum())
        # Three standard deviations less than what was seen.
        examples += max(0.0, kept - 3 * sqrt(kept)) / tries * size
    return all(2 * count <= examples * _SHARES[part] for part, count in asked.items())


def _drawn(stream: Stream) -> Iterator[int]:
    return (place for place, weight in enumerate(stream.mix) if weight)


def _positions(stream: Stream) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """List all positions of all strata in blocks."""
    for place in _drawn(stream):
        size = stream.space.strata[place].size
        for start in range(0, size, _BLOCK):
            yield place, np.arange(start, min(start + _BLOCK, size), dtype=np.int64)
