"""Making one file of a dataset: a pure function of the recipe and the plan of the file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.held_out import Shared, added, held_out
from exprlearn.dataset.store.manifest import ShardEntry, Strict
from exprlearn.dataset.store.planning import Shard
from exprlearn.dataset.store.recipe import Recipe
from exprlearn.dataset.store.summed import Summed
from exprlearn.dataset.store.tools import Tools
from exprlearn.dataset.store.workshop import open_workshop
from exprlearn.errors import DataError
from exprlearn.files import replacing


class Made(Strict):
    """A file that was written.

    Attributes:
        entry: what the manifest says of it.
        shared: what its rows have in common with later parts.
        reached: how many items of its slice the training rows took.
        sizes: how many rows there are of each stratum of the space.
    """

    entry: ShardEntry
    shared: Shared
    reached: int
    sizes: list[int]


class _OtherBytes(Exception):
    """A file does not come out as it should."""


def make_shard(
    folder: Path,
    recipe: Recipe,
    tools: Tools,
    counts: Mapping[Split, int],
    shard: Shard,
    expected: Mapping[str, ShardEntry] | None = None,
) -> Made:
    """Write one file and rename it into place.

    Args:
        folder: where the files lie.
        recipe: what to make.
        tools: what the recipe names but does not hold.
        counts: how many rows of each part the dataset has.
        shard: the plan of the file.
        expected: what each file should come out as; one that does not is given up, and nothing is replaced.

    Raises:
        DataError: it cannot be written, or its rows cannot be made.
    """
    workshop = open_workshop(recipe, tools)
    known = held_out(recipe, tools, counts["validation"], counts["test"])
    wanted = (expected or {}).get(shard.name)
    shared: list[Shared] = []
    reached, sizes = 0, np.zeros(len(workshop.space.strata), np.int64)
    with suppress(_OtherBytes), replacing(folder / shard.name, DataError) as stream:
        summed = Summed(stream)
        writer = FORMATS[recipe.file_format].writer(summed, workshop.layout, workshop.measures)
        for piece in shard.pieces:
            for rows in workshop.rows(piece):
                writer.write(rows)
                if wanted is not None and summed.bytes > wanted.bytes:
                    raise _OtherBytes
                shared.append(known.shared(rows))
                sizes += np.bincount(rows.strata, minlength=len(sizes))
                reached = int(rows.items[-1]) + 1 if piece.split == "train" else reached
        writer.close()
        if wanted is not None and summed.digest != wanted.sha256:
            raise _OtherBytes
    entry = ShardEntry.of(shard, summed.bytes, summed.digest)
    return Made(entry=entry, shared=added(shared), reached=reached, sizes=sizes.tolist())
