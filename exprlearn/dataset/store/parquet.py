"""Parquet with a checksum in every page; needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from exprlearn.dataset.drawing.rows import Rows
from exprlearn.dataset.store.layouts import Kind, Layout
from exprlearn.dataset.store.summed import Summed
from exprlearn.errors import DataError, OptionError

#: Rows of a row group: fixed, so that the bytes do not depend on the pieces that rows come in.
ROW_GROUP: Final = 1 << 16


class ParquetRowWriter:
    """Writes rows in groups of a fixed size.

    Raises:
        OptionError: pyarrow is not installed.
    """

    def __init__(self, stream: Summed, layout: Layout, measures: tuple[str, ...]) -> None:
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


def read_rows(file: Path) -> Iterator[dict[str, Any]]:
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


def count_rows(file: Path, most: int) -> int:
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


def made_by() -> str:
    """Name the library whose version decides the bytes."""
    return f"pyarrow {_pyarrow()[0].__version__}"


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
