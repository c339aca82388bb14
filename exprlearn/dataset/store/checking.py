"""Comparing a dataset folder with its manifest, and making what is damaged anew, byte for byte."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from exprlearn.dataset.drawing.split import SPLITS
from exprlearn.dataset.store.builder import Tools, open_builder
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.manifest import MANIFEST, Manifest, ShardEntry, read_manifest
from exprlearn.dataset.store.plain_files import plain_size, sum_of
from exprlearn.dataset.store.progress import Progress
from exprlearn.dataset.store.shards import make_shard, make_shards
from exprlearn.engines import SerialEngine
from exprlearn.errors import DataError
from exprlearn.locking import hold
from exprlearn.plugin import Engine

Damage = Literal["missing", "foreign", "truncated", "altered", "swapped", "miscounted", "extra"]


@dataclass(frozen=True)
class VerificationFinding:
    """One file that is not as the manifest says: what happened to it, and how that shows."""

    kind: Damage
    name: str
    detail: str

    def __str__(self) -> str:
        return f"{self.name} {self.detail}"


@dataclass(frozen=True)
class Verified:
    """What a folder should hold, and what it does not hold as it should, in the order of the files."""

    folder: Path
    manifest: Manifest
    findings: tuple[VerificationFinding, ...]


def verify(folder: Path) -> Verified:
    """Find every file of a dataset folder that is truncated, altered, missing, swapped, a link or not its own.

    Rows are counted too: a file that is as it was written and has other rows than the manifest says, was not written
    by the build that this manifest tells of.

    Raises:
        DataError: the folder has no manifest, a damaged one, or files that cannot be read.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    compared = [(shard.name, _compare(folder / shard.name, shard, manifest)) for shard in manifest.shards]
    own = [VerificationFinding(damage[0], name, damage[1]) for name, damage in compared if damage is not None]
    return Verified(folder, manifest, (*own, *_find_extra(folder, manifest)))


def _compare(file: Path, shard: ShardEntry, manifest: Manifest) -> tuple[Damage, str] | None:
    size = plain_size(file)
    if size is None:
        if file.is_symlink():
            return "foreign", "is a link: what it holds can change elsewhere"
        return ("foreign", "is no plain file") if file.exists() else ("missing", "is missing")
    # A file whose length belongs to none of them needs no sum.
    alike = {each.sha256: each.name for each in manifest.shards if each.bytes == size}
    digest = sum_of(file) if alike else ""
    if digest == shard.sha256:
        return _compare_count(file, shard, manifest)
    if digest in alike:
        return "swapped", f"holds what belongs into {alike[digest]}"
    if size < shard.bytes:
        return "truncated", f"has {size} bytes instead of {shard.bytes}"
    if size > shard.bytes:
        return "altered", f"was altered: it has {size} bytes instead of {shard.bytes}"
    return "altered", "was altered: its sha256 is another one"


def _compare_count(file: Path, shard: ShardEntry, manifest: Manifest) -> tuple[Damage, str] | None:
    try:
        rows = FORMATS[manifest.file_format].count(file, shard.rows)
    except DataError as error:
        return "miscounted", f"holds no rows, though its sum is right: {error}"
    if rows == shard.rows:
        return None
    found = f"more than {shard.rows} rows" if rows > shard.rows else f"{rows} rows instead of {shard.rows}"
    return "miscounted", f"holds {found}, though its sum is right"


def _find_extra(folder: Path, manifest: Manifest) -> Iterator[VerificationFinding]:
    """Find what a reader of the folder would take for data."""
    own = {shard.name for shard in manifest.shards}
    patterns = ("shard-*", *(f"{split}-[0-9]*" for split in SPLITS))
    for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
        if path.name not in own:
            yield VerificationFinding("extra", path.name, "does not belong to the dataset")


@dataclass(frozen=True)
class Repaired:
    """What a repair has found and done.

    Attributes:
        made: names of the files that were made anew.
        left: names of the files that do not belong there; anyone who put them there may remove them.
    """

    findings: tuple[VerificationFinding, ...]
    made: tuple[str, ...]
    left: tuple[str, ...]


def repair(folder: Path, tools: Tools | None = None, *, engine: Engine | None = None) -> Repaired:
    """Make every damaged file of a dataset folder anew; nothing else is removed or replaced.

    Args:
        folder: the dataset folder.
        tools: what its recipe names but does not hold.
        engine: where files are made; this process when left out.

    Raises:
        DataError: the folder has no manifest, a damaged one or one that tells of other files, another process builds or
            repairs it, it cannot be written, or this version makes other bytes.
    """
    folder = Path(folder)
    # Nothing is written to what is no dataset folder.
    read_manifest(folder)
    with hold(folder, f"{folder} is being repaired", DataError):
        return _repair(folder, tools or Tools(), engine or SerialEngine())


def _repair(folder: Path, tools: Tools, engine: Engine) -> Repaired:
    """Repair a folder that this process has locked."""
    verified = verify(folder)
    for finding in verified.findings:
        if finding.kind == "miscounted":
            raise DataError(f"{folder}: {finding}, so no build has written this {MANIFEST}: build the folder elsewhere")
    left = tuple(finding.name for finding in verified.findings if finding.kind == "extra")
    made = tuple(finding.name for finding in verified.findings if finding.kind != "extra")
    _make(folder, verified.manifest, tools, made, engine)
    Progress(folder, verified.manifest.recipe).remove_partials(entry.name for entry in verified.manifest.shards)
    return Repaired(verified.findings, made, left)


def _make(folder: Path, manifest: Manifest, tools: Tools, names: Collection[str], engine: Engine) -> None:
    shards = [entry.shard(number) for number, entry in enumerate(manifest.shards) if entry.name in names]
    if shards:
        # What cannot be opened here can be opened nowhere.
        open_builder(manifest.recipe, tools)
    expected = {entry.name: entry for entry in manifest.shards if entry.name in names}
    work = partial(make_shard, folder, manifest.recipe, tools, manifest.rows, expected=expected)
    for shard, made in make_shards(engine, work, shards):
        if made.entry.sha256 != expected[shard.name].sha256:
            here = FORMATS[manifest.file_format].made_by()
            raise DataError(
                f"{shard.name} comes out with other bytes: it was made by exprlearn {manifest.exprlearn} with "
                f"{manifest.made_by}, here is {here}; use these versions, or build the folder anew elsewhere"
            )
