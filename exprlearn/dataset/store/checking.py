"""Comparing a dataset folder with its manifest, and reading it: no file before its sum was compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from exprlearn.dataset.drawing.rows import Example
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.layouts import layout_named
from exprlearn.dataset.store.manifest import (
    MANIFEST,
    Manifest,
    ShardEntry,
    is_whole,
    plain_size,
    read_manifest,
    sum_of,
)
from exprlearn.errors import DataError, OptionError, suggest
from exprlearn.plugin import WorkingSpec
from exprlearn.plugin.manager import plugins_from_environment

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
    by the build that this manifest tells of. A `DataError` says why the manifest or a file cannot be read.
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


def read_rows(folder: Path, split: Split | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a dataset folder, or those of one split, as they were written, in constant memory.

    Raises:
        DataError: no manifest, or a damaged file.
        OptionError: there is no such split.
    """
    if split is not None and split not in SPLITS:
        raise OptionError(f"no split is called '{split}': {suggest(split, SPLITS)}")
    return _rows(Path(folder), read_manifest(Path(folder)), split)


def read_examples(folder: Path, split: Split | None = None) -> Iterator[Example]:
    """Yield the examples of a dataset folder in constant memory.

    Raises:
        DataError: no manifest, a damaged file, or a layout of ids.
        OptionError: there is no such split.
    """
    manifest = read_manifest(Path(folder))
    example = layout_named(manifest.layout, template=manifest.template).reader
    if example is not None and manifest.layout in ("chat", "completion") and "working" in manifest.config:
        example = _answered(manifest.config["working"], example)
    if example is None:
        raise DataError(f"{folder} holds ids and no texts: read its rows, or build it with --layout rows")
    return _examples(Path(folder), manifest, split, example)


def _answered(
    choice: Mapping[str, Any], example: Callable[[Mapping[str, Any]], Example]
) -> Callable[[Mapping[str, Any]], Example]:
    """Return what reads the answers off the ends of the workings in rows; `UnknownName` where nobody offers these."""
    options = {name: value for name, value in choice.items() if name not in ("name", "drop")}
    working = plugins_from_environment()[WorkingSpec].make(choice["name"], options, where="working")

    def read(row: Mapping[str, Any]) -> Example:
        found = example(row)
        return found._replace(answer=working.answer(found.answer))

    return read


def _examples(
    folder: Path, manifest: Manifest, split: Split | None, example: Callable[[Mapping[str, Any]], Example]
) -> Iterator[Example]:
    for row in _rows(folder, manifest, split):
        try:
            found = example(row)
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise DataError(f"{folder} has a row that is not of layout {manifest.layout}: {error}") from error
        yield found


def _rows(folder: Path, manifest: Manifest, split: Split | None) -> Iterator[dict[str, Any]]:
    for shard in manifest.shards:
        if split is None or any(piece.split == split and piece.rows for piece in shard.pieces):
            yield from _shard_rows(folder, manifest, shard, split)


def _shard_rows(folder: Path, manifest: Manifest, shard: ShardEntry, split: Split | None) -> Iterator[dict[str, Any]]:
    """Yield the rows of one file, those of other splits left out."""
    file = folder / shard.name
    if not is_whole(file, shard.bytes, shard.sha256):
        raise DataError(f"{file} is missing or damaged: exprlearn data repair {folder}")
    rows = FORMATS[manifest.file_format].read(file)
    for piece in shard.pieces:
        wanted, count = split is None or piece.split == split, 0
        for row in islice(rows, piece.rows):
            count += 1
            if wanted:
                yield row
        if count < piece.rows:
            raise DataError(f"{file} has {count} {piece.split} rows, {MANIFEST} says {piece.rows}: build it anew")
    if next(rows, None) is not None:
        raise DataError(f"{file} has more than the {shard.rows} rows that {MANIFEST} says: build it anew")
