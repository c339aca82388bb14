"""Files of others, opened with care: plain or gzipped ones, whose lines have a limit."""

from __future__ import annotations

import codecs
import gzip
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO

from exprlearn.errors import DataError

#: Bytes of a line, or of an object of a JSON array, that are read.
LONGEST = 1 << 24

_GZIPPED = b"\x1f\x8b"
_OTHERS = {
    b"PAR1": "a Parquet file: write it with pandas.read_parquet(…).to_json(…, orient='records', lines=True)",
    b"ARRO": "an Arrow file: write it with pandas.read_feather(…).to_json(…, orient='records', lines=True)",
    b"PK\x03\x04": "a zip archive or a spreadsheet: unpack it, or save it as CSV",
    b"\xfd7zX": "packed with xz: unpack it with xz -d",
    b"BZh": "packed with bzip2: unpack it with bzip2 -d",
    b"\x28\xb5\x2f\xfd": "packed with zstd: unpack it with zstd -d",
}


class Unreadable(Exception):
    """Why a row cannot be read, and the way out.

    Args:
        message: both of them.
        number: of the line, where it is known.
    """

    def __init__(self, message: str, number: int | None = None) -> None:
        super().__init__(message)
        self.number = number


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, gzipped or not.

    Raises:
        DataError: it cannot be opened, is no regular file, or of a kind that is not read.
    """
    try:
        # Before it is opened: opening a pipe waits until somebody writes.
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(f"'{path}' is no regular file, and an audit reads files twice: write it to one first")
        with path.open("rb") as raw:
            beginning = raw.peek(4)[:4]
            if other := [said for mark, said in _OTHERS.items() if beginning.startswith(mark)]:
                raise DataError(f"'{path}' is {other[0]}; JSON, CSV and TSV are read, plain or gzipped")
            yield io.BufferedReader(gzip.GzipFile(fileobj=raw)) if beginning.startswith(_GZIPPED) else raw
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"'{path}' is damaged or cut off ({error}); fetch it or build it again") from None
    except OSError as error:
        raise DataError(f"'{path}' cannot be read: {error.strerror or error}; name a file of examples") from None


def read_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield lines.

    Raises:
        Unreadable: one is too long.
    """
    for number in count(1):
        line = stream.readline(LONGEST + 1)
        if not line:
            return
        if len(line) > LONGEST:
            raise Unreadable(f"a line of more than {LONGEST >> 20} MiB; write one row a line", number)
        yield line


def decoded(line: bytes) -> str:
    """Read a line as UTF-8.

    Raises:
        Unreadable: it is not.
    """
    try:
        return line.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        raise Unreadable("no UTF-8 text; write the file as UTF-8") from None
