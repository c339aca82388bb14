"""Comparing a dataset folder with its manifest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from exprlearn.dataset.store.manifest import Manifest, ShardEntry, read_manifest
from exprlearn.dataset.store.progress import sum_of

Kind = Literal["missing", "truncated", "altered", "swapped", "extra"]


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
    """Find every file of a dataset folder that is truncated, altered, missing, swapped or not its own.

    Raises:
        DataError: the folder has no manifest, a damaged one, or files that cannot be read.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    names = {shard.sha256: shard.name for shard in manifest.shards}
    own = [finding for shard in manifest.shards if (finding := _compared(folder, shard, names)) is not None]
    return Verified(folder, manifest, (*own, *_extra(folder, manifest)))


def _compared(folder: Path, shard: ShardEntry, names: dict[str, str]) -> Finding | None:
    file = folder / shard.name
    if not file.is_file():
        return Finding("missing", shard.name, "is missing")
    size, digest = file.stat().st_size, sum_of(file)
    if digest == shard.sha256:
        return None
    if digest in names:
        return Finding("swapped", shard.name, f"holds what belongs into {names[digest]}")
    if size < shard.bytes:
        return Finding("truncated", shard.name, f"has {size} bytes instead of {shard.bytes}")
    return Finding("altered", shard.name, "was altered: its sha256 is another one")


def _extra(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    own = {shard.name for shard in manifest.shards}
    for path in sorted(folder.glob("shard-*")):
        if path.name not in own:
            yield Finding("extra", path.name, "does not belong to the dataset")
