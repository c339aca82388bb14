"""What no build would have written into a manifest: names, numbers of files and counts that do not fit together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from exprlearn.dataset.drawing.split import SPLITS
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.planning import file_names, files_for

if TYPE_CHECKING:
    from exprlearn.dataset.store.manifest import Manifest


def contradictions(manifest: Manifest) -> Iterator[str]:
    """List what does not fit together in a manifest, a clause each."""
    wanted: Any = manifest.config.get("data")
    data: dict[str, Any] = wanted if isinstance(wanted, dict) else {}
    if set(manifest.asked) != set(SPLITS) or any(data.get(part) != rows for part, rows in manifest.asked.items()):
        yield "asked: its config asks for other rows"
        return
    names, files = [shard.name for shard in manifest.shards], data.get("shards", 1)
    if not isinstance(files, int) or not names or names != _names(manifest, files):
        yield f"shards: they are not the files that a build with data.shards={files} writes"
    if manifest.format > 1 and any(len(shard.pieces) != 1 for shard in manifest.shards):
        yield "shards: a file has not rows of exactly one split"
    yield from _miscounted(manifest)


def _names(manifest: Manifest, files: int) -> list[str] | None:
    """Name the files that there should be; None where there should be another number of them."""
    suffix, shards = FORMATS[manifest.file_format].suffix, manifest.shards
    if manifest.format > 1:
        parts = [piece.split for shard in shards for piece in shard.pieces[:1]]
        return file_names(parts, suffix) if sum(files_for(manifest.asked, files)) == len(shards) else None
    return [f"shard-{number:05d}-of-{files:05d}{suffix}" for number in range(files)] if files == len(shards) else None


def _miscounted(manifest: Manifest) -> Iterator[str]:
    pieces = [piece for shard in manifest.shards for piece in shard.pieces]
    for part in SPLITS:
        there, said = sum(piece.rows for piece in pieces if piece.split == part), manifest.rows.get(part)
        if said != there or there > manifest.asked[part]:
            yield f"rows: {said} {part} rows, {there} in its files, {manifest.asked[part]} asked for"
    for shard in manifest.shards:
        if shard.rows != sum(piece.rows for piece in shard.pieces):
            yield f"shards: {shard.name} has other rows than its pieces"
    if any(piece.slice >= piece.slices for piece in pieces):
        yield "shards: a slice has a number beyond the last"
