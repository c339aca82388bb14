"""Making the files of a dataset: each is a pure function of the recipe and its plan, wherever it is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from exprlearn.dataset.canonical import text_keys
from exprlearn.dataset.drawing.rows import Rows
from exprlearn.dataset.drawing.slices import Piece
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.held_out_lines import HeldOutLines
from exprlearn.dataset.store.builder import Tools, open_builder
from exprlearn.dataset.store.dataset_recipe import DatasetRecipe
from exprlearn.dataset.store.formats import FORMATS, HashingWriter
from exprlearn.dataset.store.manifest import ShardEntry, ShownLines, Strict
from exprlearn.dataset.store.planning import Shard
from exprlearn.engines import run_units
from exprlearn.errors import DataError
from exprlearn.files import replacing
from exprlearn.plugin import Engine, UnitFailure

Words = NDArray[np.uint64]

#: How many rows share an expression, and how many a form, with a later split; by pair, as in `train/test`.
Shared = dict[str, tuple[int, int]]


class ShardRecord(Strict):
    """A file that was written.

    Attributes:
        entry: what the manifest says of it.
        shared: what its rows have in common with later splits.
        reached: how many items of its slice the training rows took.
        sizes: how many rows there are of each stratum of the space.
        lines: what its workings show.
        points: how many training rows there are of each difficulty.
    """

    entry: ShardEntry
    shared: Shared
    reached: int
    sizes: list[int]
    lines: ShownLines = ShownLines()
    points: dict[int, int] = Field(default={})


class _OtherBytes(Exception):
    """A file does not come out as it should."""


def make_shard(
    folder: Path,
    recipe: DatasetRecipe,
    tools: Tools,
    counts: Mapping[Split, int],
    shard: Shard,
    expected: Mapping[str, ShardEntry] | None = None,
) -> ShardRecord:
    """Write one file and rename it into place; a `DataError` says why it cannot be, or its rows cannot be made.

    Args:
        folder: where the files lie.
        recipe: what to make.
        tools: what the recipe names but does not hold.
        counts: how many rows of each split the dataset has.
        shard: the plan of the file.
        expected: what each file should come out as; one that does not is given up, and nothing is replaced.
    """
    builder = open_builder(recipe, tools)
    known = held_out(recipe, tools, counts["validation"], counts["test"])
    wanted = (expected or {}).get(shard.name)
    shared: list[Shared] = []
    reached, sizes = 0, np.zeros(len(builder.space.strata), np.int64)
    lines, points = ShownLines(), Counter[int]()
    with suppress(_OtherBytes), replacing(folder / shard.name, DataError) as stream:
        hashed = HashingWriter(stream)
        writer = FORMATS[recipe.file_format].writer(hashed, builder.layout, builder.measures)
        for piece in shard.pieces:
            for rows in builder.rows(piece):
                writer.write(rows)
                if wanted is not None and hashed.bytes > wanted.bytes:
                    raise _OtherBytes
                shared.append(count_shared(rows, known))
                lines += count_shown(rows, builder.lines, known)
                sizes += np.bincount(rows.strata, minlength=len(sizes))
                if piece.split == "train":
                    reached = int(rows.items[-1]) + 1
                    points.update(rows.difficulties.tolist())
        writer.close()
        if wanted is not None and hashed.digest != wanted.sha256:
            raise _OtherBytes
    entry = ShardEntry.of(shard, hashed.bytes, hashed.digest)
    return ShardRecord(
        entry=entry, shared=added(shared), reached=reached, sizes=sizes.tolist(), lines=lines, points=dict(points)
    )


def make_shards(
    engine: Engine, work: Callable[[Shard], ShardRecord], shards: Sequence[Shard]
) -> Iterator[tuple[Shard, ShardRecord]]:
    """Make files on an engine and yield each as it is finished; a `DataError` at the end names those that failed."""
    failures: dict[str, UnitFailure] = {}
    for index, outcome in run_units(engine, work, shards):
        if isinstance(outcome, UnitFailure):
            failures[shards[index].name] = outcome
        else:
            yield shards[index], outcome
    if failures:
        raise DataError(_describe_failures(failures, len(shards)))


def _describe_failures(failures: Mapping[str, UnitFailure], asked: int) -> str:
    alike: dict[str, list[str]] = {}
    for name in sorted(failures):
        alike.setdefault(failures[name].said, []).append(name)
    lines = [f"{_listed(names)}: {said}" for said, names in alike.items()]
    # What nobody expects is a fault of the program, and told with its place.
    faults = [failure.trace.rstrip() for failure in failures.values() if failure.trace and not failure.is_expected][:1]
    head = f"{len(failures)} of {asked} files could not be made, tried twice:"
    last = "what was finished is kept: run the command again to go on"
    return "\n".join([head, *lines, *faults, last])


def _listed(names: list[str]) -> str:
    """Name a few files and count the others.

    >>> _listed(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


@lru_cache(maxsize=1)
def held_out(recipe: DatasetRecipe, tools: Tools, validation: int, test: int) -> Mapping[Split, tuple[Words, Words]]:
    """Make the keys of so many held-out rows, once a process; raises as `DatasetBuilder.rows` does.

    Returns:
        The keys of their expressions and those of their forms; uint64 [n] each, rising.
    """
    builder, known = open_builder(recipe, tools), {}
    for split, count in zip(SPLITS[1:], (validation, test), strict=True):
        rows = list(builder.rows(Piece(split, count)))
        known[split] = _rising(text_keys(each.expressions) for each in rows), _rising(each.keys for each in rows)
    return known


def count_shared(rows: Rows, known: Mapping[Split, tuple[Words, Words]]) -> Shared:
    """Count the rows that share something with a split behind their own."""
    texts, later = text_keys(rows.expressions), SPLITS[SPLITS.index(rows.split) + 1 :]
    return {
        f"{rows.split}/{split}": (_hits(texts, known[split][0]), _hits(rows.keys, known[split][1])) for split in later
    }


def count_shown(rows: Rows, lines: HeldOutLines | None, known: Mapping[Split, tuple[Words, Words]]) -> ShownLines:
    """Read every expression in the whole workings of training rows, and count those that a later split holds."""
    if lines is None or rows.whole_workings is None or rows.split != "train":
        return ShownLines()
    keys = np.array([key for text in rows.whole_workings.tolist() for key in lines.keys(text)], np.uint64)
    hits = sum(_hits(keys, forms) for _, forms in known.values())
    return ShownLines(shown=len(keys), held_out=hits, left_out=rows.left_out)


def added(counts: Iterable[Shared]) -> Shared:
    """Add up counts.

    >>> added([{"train/test": (0, 1)}, {"train/test": (2, 3)}])
    {'train/test': (2, 4)}
    """
    total: Shared = {}
    for each in counts:
        for pair, (texts, forms) in each.items():
            before = total.get(pair, (0, 0))
            total[pair] = before[0] + texts, before[1] + forms
    return total


def _rising(columns: Iterable[Words]) -> Words:
    return np.sort(np.concatenate([np.empty(0, np.uint64), *columns]))


def _hits(keys: Words, known: Words) -> int:
    """Count the keys that are among rising ones, such as 2 of [3, 5, 5] in [4, 5]."""
    return int((known.take(np.searchsorted(known, keys), mode="clip") == keys).sum()) if len(known) else 0
