"""Reading a dataset folder, row by row; nothing of a file is handed out before its sum was compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from exprlearn.dataset.drawing.rows import Example
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.layouts import LAYOUTS
from exprlearn.dataset.store.manifest import MANIFEST, Manifest, ShardEntry, read_manifest
from exprlearn.dataset.store.plain_files import is_whole
from exprlearn.errors import DataError, OptionError, suggest
from exprlearn.plugin import WorkingSpec
from exprlearn.plugin.manager import plugins_from_environment


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
    example = LAYOUTS[manifest.layout].example
    if example is not None and manifest.layout in ("chat", "completion") and "working" in manifest.config:
        example = _answered(manifest.config["working"], example)
    if example is None:
        raise DataError(f"{folder} holds ids and no texts: read its rows, or build it with --layout rows")
    return _examples(Path(folder), manifest, split, example)


def _answered(
    choice: Mapping[str, Any], example: Callable[[Mapping[str, Any]], Example]
) -> Callable[[Mapping[str, Any]], Example]:
    """Return what reads the answers off the ends of the workings in rows.

    Raises:
        UnknownName: nobody offers the working.
    """
    options = {name: value for name, value in choice.items() if name != "name"}
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
