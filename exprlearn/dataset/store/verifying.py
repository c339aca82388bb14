"""Comparing a dataset folder with its manifest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from exprlearn.dataset.drawing.split import SPLITS
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.manifest import Manifest, ShardEntry, read_manifest
from exprlearn.dataset.store.plain_files import plain_size, sum_of
from exprlearn.errors import DataError

Kind = Literal["missing", "foreign", "truncated", "altered", "swapped", "miscounted", "extra"]


@dataclass(frozen=True)
class Finding:
    """One file that is not as the manifest says.

    Attributes:
        kind: what happened to it.
        name: its name.
        detail: how that shows.
    """

    kind: Kind
    name: str
    detail: str

    def __str__(self) -> str:
        return f"{self.name} {self.detail}"


@dataclass(frozen=True)
class Verified:
    """What a comparison has found.

    Attributes:
        folder: the folder.
        manifest: what it should hold.
        findings: what it does not hold as it should, in the order of the files.
    """

    folder: Path
    manifest: Manifest
    findings: tuple[Finding, ...]


def verify(folder: Path) -> Verified:
    """Find every file of a dataset folder that is truncated, altered, missing, swapped, a link or not its own.

    Rows are counted too: a file that is as it was written and has other rows than the manifest says, was not written
    by the build that this manifest tells of.

    Raises:
        DataError: the folder has no manifest, a damaged one, or files that cannot be read.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    own = [finding for shard in manifest.shards if (finding := _compared(folder, shard, manifest)) is not None]
    return Verified(folder, manifest, (*own, *_extra(folder, manifest)))


def _compared(folder: Path, shard: ShardEntry, manifest: Manifest) -> Finding | None:
    file = folder / shard.name
    size = plain_size(file)
    if size is None:
        if file.is_symlink():
            return Finding("foreign", shard.name, "is a link: what it holds can change elsewhere")
        if file.exists():
            return Finding("foreign", shard.name, "is no plain file")
        return Finding("missing", shard.name, "is missing")
    # A file whose length belongs to none of them needs no sum.
    alike = {each.sha256: each.name for each in manifest.shards if each.bytes == size}
    digest = sum_of(file) if alike else ""
    if digest == shard.sha256:
        return _counted(file, shard, manifest)
    if digest in alike:
        return Finding("swapped", shard.name, f"holds what belongs into {alike[digest]}")
    if size < shard.bytes:
        return Finding("truncated", shard.name, f"has {size} bytes instead of {shard.bytes}")
    if size > shard.bytes:
        return Finding("altered", shard.name, f"was altered: it has {size} bytes instead of {shard.bytes}")
    return Finding("altered", shard.name, "was altered: its sha256 is another one")


def _counted(file: Path, shard: ShardEntry, manifest: Manifest) -> Finding | None:
    try:
        rows = FORMATS[manifest.file_format].count(file, shard.rows)
    except DataError as error:
        return Finding("miscounted", shard.name, f"holds no rows, though its sum is right: {error}")
    if rows == shard.rows:
        return None
    more = "more than " if rows > shard.rows else ""
    said = f"{shard.rows} rows" if rows > shard.rows else f"{rows} rows instead of {shard.rows}"
    return Finding("miscounted", shard.name, f"holds {more}{said}, though its sum is right")


def _extra(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """Find what a reader of the folder would take for data."""
    own = {shard.name for shard in manifest.shards}
    patterns = ("shard-*", *(f"{part}-[0-9]*" for part in SPLITS))
    for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
        if path.name not in own:
            yield Finding("extra", path.name, "does not belong to the dataset")
