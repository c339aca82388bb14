"""File formats: how rows become bytes and come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from exprlearn.dataset.drawing.rows import Rows
from exprlearn.dataset.store import json_lines, parquet
from exprlearn.dataset.store.layouts import Layout
from exprlearn.dataset.store.recipe import FileFormat
from exprlearn.dataset.store.summed import Summed


class RowWriter(Protocol):
    """Writes rows into an open file."""

    def write(self, rows: Rows) -> None:
        """Add rows."""

    def close(self) -> None:
        """Write what is still to be written; the file stays open."""


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
    writer: Callable[[Summed, Layout, tuple[str, ...]], RowWriter]
    read: Callable[[Path], Iterator[dict[str, Any]]]
    count: Callable[[Path, int], int]
    made_by: Callable[[], str]


FORMATS: Mapping[FileFormat, Format] = {
    "jsonl": Format(
        ".jsonl.gz", json_lines.JsonLinesWriter, json_lines.read_rows, json_lines.count_rows, json_lines.made_by
    ),
    "parquet": Format(".parquet", parquet.ParquetRowWriter, parquet.read_rows, parquet.count_rows, parquet.made_by),
}
