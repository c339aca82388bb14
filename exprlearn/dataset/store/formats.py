"""File formats: how rows become bytes and come back, as lines of JSON with gzip or as Parquet with checksums."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, Final

from exprlearn.dataset.drawing.rows import Rows
from exprlearn.dataset.store.dataset_recipe import FileFormat
from exprlearn.dataset.store.layouts import Kind, Layout
from exprlearn.errors import DataError, OptionError

#: Measured on whole builds: level 6 takes 20 % more time for files 9 % smaller, level 1 11 % less for 13 % larger ones.
LEVEL: Final = 4

#: No row of ours comes near; a longer line is an attack on the memory of the reader.
LONGEST_LINE: Final = 1 << 20

#: Rows of a row group: fixed, so that the bytes do not depend on the blocks that rows come in.
ROW_GROUP: Final = 1 << 16


class HashingWriter(io.RawIOBase):
    """A file that is written once, from front to back, and knows its length and sha256."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream, self._sum, self.bytes = stream, sha256(), 0

    @property
    def digest(self) -> str:
        """The sha256 of what was written so far, in hexadecimal."""
        return self._sum.hexdigest()

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def write(self, data: Any) -> int:
        """Write bytes."""
        self._stream.write(data)
        self._sum.update(data)
        count = memoryview(data).nbytes
        self.bytes += count
        return count

    def tell(self) -> int:
        """Tell how many bytes were written."""
        return self.bytes


class JsonLinesWriter:
    """Writes rows as lines; the same rows give the same bytes, whatever the time and the name of the file."""

    def __init__(self, stream: HashingWriter, layout: Layout, measures: tuple[str, ...]) -> None:
        self._layout = layout
        self._gzip = gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=stream, mtime=0)

    def write(self, rows: Rows) -> None:
        """Add rows."""
        self._gzip.write("".join(f"{line}\n" for line in self._layout.lines(rows)).encode())

    def close(self) -> None:
        """Write the end of the compressed data."""
        self._gzip.close()


@contextmanager
def _open_lines(file: Path) -> Iterator[gzip.GzipFile]:
    try:
        with gzip.open(file, "rb") as stream:
            yield stream
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise DataError(f"{file} is damaged: {error}") from error


def _read_lines(file: Path) -> Iterator[dict[str, Any]]:
    with _open_lines(file) as stream:
        while line := stream.readline(LONGEST_LINE):
            yield _row(line.decode(), file)


def _count_lines(file: Path, most: int) -> int:
    count = 0
    with _open_lines(file) as stream:
        while count <= most and (line := stream.readline(LONGEST_LINE)):
            if not line.endswith(b"\n"):
                raise DataError(f"{file} is damaged: a line has no end")
            count += 1
    return count


def _row(line: str, file: Path) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file} is damaged: a line is no JSON object: {error}") from error
    if not isinstance(row, dict):
        raise DataError(f"{file} is damaged: a line is no JSON object")
    return row


class ParquetRowWriter:
    """Writes rows in groups of a fixed size; an `OptionError` says that pyarrow is not installed."""

    def __init__(self, stream: HashingWriter, layout: Layout, measures: tuple[str, ...]) -> None:
        self._arrow, parquet = _pyarrow()
        self._layout = layout
        types = _types(self._arrow, measures)
        self._schema = self._arrow.schema([(name, types[field.kind]) for name, field in layout.fields.items()])
        self._writer = parquet.ParquetWriter(stream, self._schema, compression="zstd", write_page_checksum=True)
        self._waiting = self._schema.empty_table()

    def write(self, rows: Rows) -> None:
        """Add rows."""
        table = self._arrow.table(self._layout.columns(rows), schema=self._schema)
        self._waiting = self._arrow.concat_tables([self._waiting, table])
        while len(self._waiting) >= ROW_GROUP:
            self._writer.write_table(self._waiting.slice(0, ROW_GROUP).combine_chunks(), ROW_GROUP)
            self._waiting = self._waiting.slice(ROW_GROUP)

    def close(self) -> None:
        """Write the last rows and the directory of the file."""
        if len(self._waiting):
            self._writer.write_table(self._waiting.combine_chunks(), ROW_GROUP)
        self._writer.close()


@contextmanager
def _open_parquet(file: Path) -> Iterator[Any]:
    arrow, parquet = _pyarrow()
    try:
        with parquet.ParquetFile(file, page_checksum_verification=True) as opened:
            yield opened
    except (OSError, arrow.ArrowException) as error:
        raise DataError(f"{file} is damaged: {error}") from error


def _read_parquet(file: Path) -> Iterator[dict[str, Any]]:
    with _open_parquet(file) as opened:
        for batch in opened.iter_batches(1 << 12):
            yield from batch.to_pylist()


def _count_parquet(file: Path, most: int) -> int:
    # The directory of a file names its rows.
    with _open_parquet(file) as opened:
        return int(opened.metadata.num_rows)


def _types(arrow: ModuleType, measures: tuple[str, ...]) -> Mapping[Kind, Any]:
    message = arrow.struct([("role", arrow.string()), ("content", arrow.string())])
    return {
        "text": arrow.string(),
        "count": arrow.int32(),
        "sizes": arrow.struct([(measure, arrow.int32()) for measure in measures]),
        "messages": arrow.list_(message),
        "ids": arrow.list_(arrow.int32()),
    }


def _pyarrow() -> tuple[ModuleType, ModuleType]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise OptionError("format parquet: needs pyarrow; run python -m pip install 'exprlearn[export]'") from None


@dataclass(frozen=True)
class Format:
    """A file format; a `DataError` of what reads or counts says that a file is damaged.

    Attributes:
        suffix: how file names end.
        writer: makes what writes rows of a layout, whose sizes have these measures, into a file.
        read: yields the rows of a file.
        count: counts the rows of a file in constant memory, at most one more than the given number.
        made_by: names the library whose version decides the bytes.
    """

    suffix: str
    writer: Callable[[HashingWriter, Layout, tuple[str, ...]], JsonLinesWriter | ParquetRowWriter]
    read: Callable[[Path], Iterator[dict[str, Any]]]
    count: Callable[[Path, int], int]
    made_by: Callable[[], str]


FORMATS: Mapping[FileFormat, Format] = {
    "jsonl": Format(
        ".jsonl.gz", JsonLinesWriter, _read_lines, _count_lines, lambda: f"zlib {zlib.ZLIB_RUNTIME_VERSION}"
    ),
    "parquet": Format(
        ".parquet", ParquetRowWriter, _read_parquet, _count_parquet, lambda: f"pyarrow {_pyarrow()[0].__version__}"
    ),
}
