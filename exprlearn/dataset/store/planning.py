"""Which rows go into which file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from exprlearn.dataset.parts import PARTS, Part
from exprlearn.dataset.store.supply import Supply
from exprlearn.errors import OptionError
from exprlearn.sampling.schedule import apportion, water_fill

#: A file of about two megabytes, a second of work.
ROWS_PER_SHARD: Final = 1 << 17


@dataclass(frozen=True)
class Piece:
    """Rows of one part in a file: those behind the first `skip` of a slice.

    Attributes:
        part: the part.
        rows: how many rows.
        skip: how many rows of the slice come before, in other files.
        slice: the number of the slice.
        slices: how many slices there are.
    """

    part: Part
    rows: int
    skip: int = 0
    slice: int = 0
    slices: int = 1


@dataclass(frozen=True)
class Shard:
    """One file: its number, its name and its pieces in order."""

    number: int
    name: str
    pieces: tuple[Piece, ...]

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return sum(piece.rows for piece in self.pieces)


@dataclass(frozen=True)
class Plan:
    """All files of a dataset, and how many rows of each part they hold."""

    shards: tuple[Shard, ...]
    counts: Mapping[Part, int]

    def pieces(self, part: Part) -> list[Piece]:
        """List the pieces of a part in the order of the files."""
        return [piece for shard in self.shards for piece in shard.pieces if piece.part == part]


def shard_name(number: int, total: int, suffix: str) -> str:
    """Name a file.

    >>> shard_name(3, 16, ".jsonl.gz")
    'shard-00003-of-00016.jsonl.gz'
    """
    return f"shard-{number:05d}-of-{total:05d}{suffix}"


def shards_for(counts: Sequence[int]) -> int:
    """Choose a number of files for parts with so many rows: one for each part, more where there are many rows.

    >>> shards_for([300_000, 1000, 2000])
    5
    """
    return sum(-(-count // ROWS_PER_SHARD) for count in counts)


def files_for(asked: Mapping[Part, int], shards: int) -> tuple[int, ...]:
    """Share files out over parts that have a file of their own: at least one each, more to the larger ones.

    >>> files_for({"train": 1000, "validation": 100, "test": 100}, 6)
    (4, 1, 1)
    """
    present = [int(asked[part] > 0) for part in PARTS]
    more = apportion([asked[part] for part in PARTS], shards - sum(present))
    return tuple(first + further for first, further in zip(present, more, strict=True))


def slices_of(asked: Mapping[Part, int], shards: int) -> int:
    """Tell into how many slices the training part falls: one for each of its files."""
    return files_for(asked, shards)[0] if _have_own_files(asked, shards) else 1


def plan(asked: Mapping[Part, int], shards: int, suffix: str, supply: Supply | None = None) -> Plan:
    """Plan the files of a dataset.

    With fewer files than parts, the last file holds several parts.

    Args:
        asked: how many rows of each part.
        shards: how many files.
        suffix: the ending of their names.
        supply: what there is, when it may be less than what is asked for.

    Raises:
        OptionError: more files than rows.
    """
    if shards > sum(asked.values()):
        raise OptionError(f"data.shards: {shards} files for {sum(asked.values())} rows: ask for fewer files")
    counts = {part: asked[part] if supply is None else supply.given(part, asked[part]) for part in PARTS}
    if _have_own_files(asked, shards):
        files = files_for(asked, shards)
        pieces: list[tuple[Piece, ...]] = [(piece,) for piece in _train(counts["train"], files[0], supply)]
        for part, number in zip(PARTS[1:], files[1:], strict=True):
            pieces += [(piece,) for piece in _held_out(part, counts[part], number)]
    else:
        single = [Piece(part, counts[part]) for part in PARTS if asked[part]]
        pieces = [*((piece,) for piece in single[: shards - 1]), tuple(single[shards - 1 :])]
    named = [Shard(number, shard_name(number, shards, suffix), each) for number, each in enumerate(pieces)]
    return Plan(tuple(named), counts)


def _have_own_files(asked: Mapping[Part, int], shards: int) -> bool:
    return shards >= sum(count > 0 for count in asked.values())


def _train(rows: int, files: int, supply: Supply | None) -> list[Piece]:
    """Take a slice for each file, all as long as their supply allows."""
    sizes: Sequence[int] = supply.train if supply is not None and supply.train is not None else [rows] * files
    lengths = water_fill(sizes, [1] * files, rows)
    return [Piece("train", length, slice=number, slices=files) for number, length in enumerate(lengths)]


def _held_out(part: Part, rows: int, files: int) -> list[Piece]:
    """Cut one slice into neighbouring runs, so that held-out rows are the same with any number of files."""
    bounds = [rows * number // files for number in range(files + 1)] if files else []
    return [Piece(part, stop - start, start) for start, stop in pairwise(bounds)]
