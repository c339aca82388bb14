"""Which rows go into which file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from exprlearn.dataset.drawing.slices import Availability, Piece
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.errors import OptionError
from exprlearn.sampling.stream import apportion, water_fill

#: A file of about two megabytes, a second of work.
ROWS_PER_SHARD: Final = 1 << 17


@dataclass(frozen=True)
class Shard:
    """One file: its number, its name and its pieces in order; a single one but in folders of format 1."""

    number: int
    name: str
    pieces: tuple[Piece, ...]

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return sum(piece.rows for piece in self.pieces)


@dataclass(frozen=True)
class Plan:
    """All files of a dataset, and how many rows of each split they hold."""

    shards: tuple[Shard, ...]
    counts: Mapping[Split, int]

    def pieces(self, split: Split) -> list[Piece]:
        """List the pieces of a split in the order of the files."""
        return [piece for shard in self.shards for piece in shard.pieces if piece.split == split]


def file_names(splits: Sequence[Split], suffix: str) -> list[str]:
    """Name files by the split that each holds, in the way in which `datasets.load_dataset` reads splits off names.

    >>> file_names(["train", "train", "test"], ".jsonl.gz")
    ['train-00000-of-00002.jsonl.gz', 'train-00001-of-00002.jsonl.gz', 'test-00000-of-00001.jsonl.gz']
    """
    totals, before = Counter(splits), Counter[Split]()
    names = []
    for split in splits:
        names.append(f"{split}-{before[split]:05d}-of-{totals[split]:05d}{suffix}")
        before[split] += 1
    return names


def shards_for(counts: Sequence[int]) -> int:
    """Choose a number of files for splits with so many rows: one for each split, more where there are many rows.

    >>> shards_for([300_000, 1000, 2000])
    5
    """
    return sum(-(-count // ROWS_PER_SHARD) for count in counts)


def files_for(asked: Mapping[Split, int], shards: int) -> tuple[int, ...]:
    """Share files out over splits: at least one for each that has rows, so that none holds two; more to larger ones.

    >>> files_for({"train": 1000, "validation": 100, "test": 100}, 6)
    (4, 1, 1)
    >>> files_for({"train": 1000, "validation": 100, "test": 100}, 1)
    (1, 1, 1)
    """
    present = [int(asked[split] > 0) for split in SPLITS]
    more = apportion([asked[split] for split in SPLITS], max(0, shards - sum(present)))
    return tuple(first + further for first, further in zip(present, more, strict=True))


def plan(asked: Mapping[Split, int], shards: int, suffix: str, available: Availability | None = None) -> Plan:
    """Plan the files of a dataset, each of one split; an `OptionError` says that there are more files than rows.

    Args:
        asked: how many rows of each split.
        shards: how many files; there are never fewer than splits.
        suffix: the ending of their names.
        available: what there is, when it may be less than what is asked for.
    """
    if shards > sum(asked.values()):
        raise OptionError(f"data.shards: {shards} files for {sum(asked.values())} rows: ask for fewer files")
    counts = {split: asked[split] if available is None else available.given(split, asked[split]) for split in SPLITS}
    files = files_for(asked, shards)
    sizes = [counts["train"]] * files[0] if available is None or available.train is None else available.train
    # A slice for each file, all as long as what there is allows.
    lengths = water_fill(sizes, [1] * files[0], counts["train"])
    pieces = [Piece("train", length, slice=number, slices=files[0]) for number, length in enumerate(lengths)]
    for split, number in zip(SPLITS[1:], files[1:], strict=True):
        pieces += _cut(split, counts[split], number)
    names = file_names([piece.split for piece in pieces], suffix)
    planned = enumerate(zip(names, pieces, strict=True))
    return Plan(tuple(Shard(number, name, (piece,)) for number, (name, piece) in planned), counts)


def _cut(split: Split, rows: int, files: int) -> list[Piece]:
    """Cut one slice into neighbouring runs, so that held-out rows are the same with any number of files."""
    bounds = [rows * number // files for number in range(files + 1)] if files else []
    return [Piece(split, stop - start, start) for start, stop in pairwise(bounds)]
