"""File formats: how rows become bytes and come back, as lines of JSON with gzip or as Parquet with checksums."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, Final, Protocol

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


class RowWriter(Protocol):
    """Writes rows into an open file."""

    def write(self, rows: Rows) -> None:
        """Add rows."""

    def close(self) -> None:
        """Write what is still to be written; the file stays open."""


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


def _read_lines(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file.

    Raises:
        DataError: it is damaged.
    """
    try:
        with gzip.open(file, "rt", encoding="utf-8", newline="\n") as stream:
            while line := stream.readline(LONGEST_LINE):
                yield _row(line, file)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise DataError(f"{file} is damaged: {error}") from error


def _count_lines(file: Path, most: int) -> int:
    """Count the lines of a file, at most one more than `most`.

    Raises:
        DataError: it is damaged.
    """
    count = 0
    try:
        with gzip.open(file, "rb") as stream:
            while count <= most and (line := stream.readline(LONGEST_LINE)):
                if not line.endswith(b"\n"):
                    raise DataError(f"{file} is damaged: a line has no end")
                count += 1
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{file} is damaged: {error}") from error
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
    """Writes rows in groups of a fixed size.

    Raises:
        OptionError: pyarrow is not installed.
    """

    def __init__(self, stream: HashingWriter, layout: Layout, measures: tuple[str, ...]) -> None:
        self._arrow, parquet = _pyarrow()
        self._layout = layout
        self._schema = self._arrow.schema(
            [(name, _type(kind, measures, self._arrow)) for name, kind in layout.fields.items()]
        )
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


def _read_parquet(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, its checksums compared.

    Raises:
        DataError: it is damaged.
        OptionError: pyarrow is not installed.
    """
    arrow, parquet = _pyarrow()
    try:
        with parquet.ParquetFile(file, page_checksum_verification=True) as opened:
            for batch in opened.iter_batches(1 << 12):
                yield from batch.to_pylist()
    except (OSError, arrow.ArrowException) as error:
        raise DataError(f"{file} is damaged: {error}") from error


def _count_parquet(file: Path, most: int) -> int:
    """Tell how many rows the directory of a file names, whatever `most` says.

    Raises:
        DataError: it is damaged.
        OptionError: pyarrow is not installed.
    """
    arrow, parquet = _pyarrow()
    try:
        return int(parquet.read_metadata(file).num_rows)
    except (OSError, arrow.ArrowException) as error:
        raise DataError(f"{file} is damaged: {error}") from error


def _type(kind: Kind, measures: tuple[str, ...], arrow: ModuleType) -> Any:
    message = arrow.struct([("role", arrow.string()), ("content", arrow.string())])
    types: Mapping[Kind, Any] = {
        "text": arrow.string(),
        "count": arrow.int32(),
        "sizes": arrow.struct([(measure, arrow.int32()) for measure in measures]),
        "messages": arrow.list_(message),
        "ids": arrow.list_(arrow.int32()),
    }
    return types[kind]


def _pyarrow() -> tuple[ModuleType, ModuleType]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise OptionError("format parquet: needs pyarrow; run python -m pip install 'exprlearn[export]'") from None


@dataclass(frozen=True)
class Format:
    """A file format.

    Attributes:
        suffix: how file names end.
        writer: makes what writes rows of a layout, whose sizes have these measures, into a file.
        read: yields the rows of a file.
        count: counts the rows of a file in constant memory, and stops behind the given number.
        made_by: names the library whose version decides the bytes.
    """

    suffix: str
    writer: Callable[[HashingWriter, Layout, tuple[str, ...]], RowWriter]
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
