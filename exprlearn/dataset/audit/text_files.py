"""Files of others, opened with care and read one line, or one JSON object, after the other in constant memory."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import re
import stat
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from exprlearn.errors import DataError

#: Bytes of a line, or of an object of a JSON array, that are read.
LONGEST = 1 << 24

_CHUNK = 1 << 16

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
    """Why a row cannot be read, and the way out."""


@contextmanager
def open_bytes(path: Path) -> Iterator[io.BufferedReader]:
    """Open a regular file, gzipped or not; a `DataError` says why one cannot be read."""
    try:
        # Before it is opened: opening a pipe waits until somebody writes.
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(f"'{path}' is no regular file, and files are read twice: write it to one first")
        with path.open("rb") as raw:
            beginning = raw.peek(4)[:4]
            if other := [said for mark, said in _OTHERS.items() if beginning.startswith(mark)]:
                raise DataError(f"'{path}' is {other[0]}; JSON, CSV and TSV are read, plain or gzipped")
            yield io.BufferedReader(gzip.GzipFile(fileobj=raw)) if beginning.startswith(_GZIPPED) else raw
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"'{path}' is damaged or cut off ({error}); fetch it or build it again") from None
    except OSError as error:
        raise DataError(f"'{path}' cannot be read: {error.strerror or error}; name a file of examples") from None


def read_lines(stream: io.BufferedReader) -> Iterator[list[bytes]]:
    """Yield lines with their ends, many at once; one that is too long is `Unreadable`."""
    begun: list[bytes] = []
    length = 0
    # In small pieces: of a file that is cut off, the lines before are read.
    while data := stream.read1(io.DEFAULT_BUFFER_SIZE):
        first, *others = data.split(b"\n")
        begun.append(first)
        length += len(first)
        if length > LONGEST:
            raise Unreadable(f"a line of more than {LONGEST >> 20} MiB; write one row a line")
        if others:
            last = others.pop()
            yield [line + b"\n" for line in (b"".join(begun), *others)]
            begun, length = [last], len(last)
    if length:
        yield [b"".join(begun)]


def decode(line: bytes) -> str:
    """Read a line as UTF-8; any other is `Unreadable`."""
    try:
        return line.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        raise Unreadable("no UTF-8 text; write the file as UTF-8") from None


# Numbers stay text: none is rounded, and none is too long.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)

_BLANK = re.compile(r"[ \t\r\n]*")


def line_object(line: bytes) -> Mapping[str, Any]:
    """Read a line as a JSON object; any other is `Unreadable`."""
    text = decode(line).strip(" \t\r\n")
    try:
        found = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        said = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
        if text == "{":
            said = "an object of several lines; write one object a line, with jq -c . FILE"
        raise Unreadable(f"no JSON: {said}; fix or remove the line") from None
    if not isinstance(found, dict):
        raise Unreadable(f"a JSON {type(found).__name__} instead of an object; write one object a line")
    return found


# The one constant that nothing else in JSON is read as: numbers stay text.
_BETWEEN, _MARK = b",-Infinity,", float("-inf")


def line_objects(lines: Sequence[bytes]) -> Iterator[Mapping[str, Any]]:
    """Read each of some lines as `line_object` does."""
    return map(line_object, lines) if (found := _read_together(lines)) is None else iter(found)


def _read_together(lines: Sequence[bytes]) -> list[Mapping[str, Any]] | None:
    """Read lines in a call, which takes a third of the time; None unless each of them is one object."""
    data = _BETWEEN.join(lines)
    if data.count(_BETWEEN[1:-1]) != len(lines) - 1 or codecs.BOM_UTF8 in data:
        return None
    try:
        found = _DECODER.decode(f"[{data.decode()}]")
    except (ValueError, RecursionError):
        return None
    # All marks stand between objects, none inside of what several lines would be together.
    are_whole = found[1::2] == [_MARK] * (len(lines) - 1) and all(type(each) is dict for each in found[::2])
    return found[::2] if are_whole else None


def array_objects(stream: IO[bytes]) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Yield the objects of a JSON array with their lengths.

    An array that is cut off or holds something else is `Unreadable`.
    """
    window = _Window(stream)
    window.next_sign()
    window.start += 1
    if window.next_sign() == "]":
        return
    while True:
        yield window.read_object()
        sign = window.next_sign()
        window.start += 1
        if sign == "]":
            return
        if sign != ",":
            raise Unreadable("the array goes on without a comma, or is cut off; fix it")


class _Window:
    """What of a stream is looked at."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.utf8 = stream, codecs.getincrementaldecoder("utf-8-sig")()
        self.text, self.start, self.ended = "", 0, False

    def next_sign(self) -> str:
        """Go to the next sign that is no blank, "" at the end."""
        while True:
            blank = _BLANK.match(self.text, self.start)
            self.start = blank.end() if blank else self.start
            if self.start < len(self.text) or self.ended:
                return self.text[self.start : self.start + 1]
            self.widen(_CHUNK)

    def read_object(self) -> tuple[Mapping[str, Any], int]:
        """Read the next object, and tell its length."""
        if self.next_sign() != "{":
            raise Unreadable("no JSON object in the array; write objects only")
        while True:
            try:
                found: dict[str, Any]
                found, end = _DECODER.raw_decode(self.text, self.start)
            except (ValueError, RecursionError) as error:
                known = len(self.text) - self.start
                if self.ended or known > LONGEST or isinstance(error, RecursionError):
                    raise Unreadable(f"no JSON: {error}; fix or remove the object") from None
                # Twice as much each time, so that long objects are read in linear time.
                self.widen(max(_CHUNK, known))
            else:
                length, self.start = end - self.start, end
                return found, length

    def widen(self, size: int) -> None:
        """Look at more of the stream, and forget what was read."""
        data = self.stream.read(size)
        self.ended = not data
        try:
            self.text, self.start = self.text[self.start :] + self.utf8.decode(data, self.ended), 0
        except UnicodeDecodeError:
            raise Unreadable("no UTF-8 text; write the file as UTF-8") from None
