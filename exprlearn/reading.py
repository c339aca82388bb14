"""Reading files that others may have written: what a file is and how large is asked before it is opened.

A pipe or a device could be read for ever, a file of many gigabytes fills the memory, and a document can be small and
what is made of it large: each of these is refused with the name of the file and the fault, as the `failure`
that is asked for.
"""

from __future__ import annotations

import datetime
import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import from_json

from exprlearn.errors import ExprLearnError

#: Bytes of a TOML file: `tomllib` reads less than a megabyte a second.
MOST_TOML = 256 * 2**10
#: Bytes of a JSON document, the tables and lists in it, and how deep they lie in each other.
MOST_JSON, MOST_NESTED, DEEPEST = 4 * 2**20, 200_000, 64
#: Bits of an integer: Python writes no more than 4300 digits.
MOST_BITS = 10_000
#: Dots of a line: the time that `tomllib` takes for a dotted key grows with their square.
_DOTS = re.compile(r"(?:\.[^.\n]*){100}")

Failure = type[ExprLearnError]


@contextmanager
def opened(file: Path, most: int, failure: Failure) -> Iterator[BinaryIO]:
    """Open a regular file of at most `most` bytes for reading."""
    try:
        # Opening a device can already do something, and opening a pipe would wait for somebody who writes.
        _refuse_all_but_files(file, os.stat(file), most, failure)
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as stream:
            _refuse_all_but_files(file, os.fstat(descriptor), most, failure)
            yield stream
    except OSError as error:
        raise failure(f"cannot read {file}: {error.strerror or error}") from error


def read_bytes(file: Path, most: int, failure: Failure) -> bytes:
    """Read a regular file of at most `most` bytes."""
    with opened(file, most, failure) as stream:
        # Some files, such as those of /proc, hold more than they say.
        data = stream.read(most + 1)
    if len(data) > most:
        raise failure(f"{file} is too large: it has more than {most} bytes")
    return data


def read_text(file: Path, most: int, failure: Failure) -> str:
    """Read a UTF-8 text, without a byte-order mark, with its line ends as `\\n`."""
    try:
        # Some editors begin a file with a byte-order mark.
        return read_bytes(file, most, failure).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise failure(f"cannot read {file}: it is no UTF-8 text ({error.reason} at byte {error.start})") from error


def read_lines(file: Path, most: int, longest: int, failure: Failure) -> Iterator[bytes]:
    """Yield the lines of a file, of at most `longest` bytes, each with its end, without holding more than one."""
    with opened(file, most, failure) as stream:
        for number, line in enumerate(iter(lambda: stream.readline(longest + 1), b""), start=1):
            if len(line) > longest:
                raise failure(f"{file}:{number} is damaged: the line has more than {longest} bytes")
            yield line


def read_json(file: Path, failure: Failure, *, most: int = MOST_JSON) -> Any:
    """Read a JSON document of plain values, no larger and deeper than documents are."""
    data = read_bytes(file, most, failure)
    try:
        return json_value(data)
    except ValueError as error:
        raise failure(f"{file} is damaged: {error}") from error


def json_value(data: bytes) -> Any:
    """Make plain values of JSON; a ValueError says what is too much, too deep, too large or half a character."""
    if data.count(b"{") + data.count(b"[") > MOST_NESTED:
        raise ValueError(f"it holds more than {MOST_NESTED} tables and lists")
    value = from_json(data)
    refuse_odd_values(value)
    return value


def read_toml(file: Path, failure: Failure) -> tuple[dict[str, Any], str]:
    """Read a TOML file without dates as tables and text."""
    text = read_text(file, MOST_TOML, failure)
    try:
        return toml_tables(text), text
    except ValueError as error:
        raise failure(f"{file} is damaged: {error}") from error


def toml_tables(text: str) -> dict[str, Any]:
    """Make tables of TOML; a ValueError names dates, and values too deep or too large."""
    if _DOTS.search(text):
        raise ValueError("a line has more dots than keys and numbers need")
    try:
        tables = tomllib.loads(text)
    except RecursionError:
        raise ValueError("its lists or tables lie too deep in each other") from None
    refuse_odd_values(tables)
    return tables


def refuse_odd_values(value: Any, above: str = "", depth: int = 0) -> None:
    """Refuse with a ValueError what nothing that is read can be: dates, integers too long to write, values too deep.

    >>> refuse_odd_values({"model": {"units": 2**20_000}})
    Traceback (most recent call last):
    ValueError: model.units: an integer of more than 10000 bits
    """
    if isinstance(value, str | bool | float | None):
        return
    if isinstance(value, int):
        if value.bit_length() > MOST_BITS:
            raise ValueError(f"{above}: an integer of more than {MOST_BITS} bits")
        return
    if isinstance(value, datetime.date | datetime.time):
        raise ValueError(f"{above}: a date or time, where texts and numbers stand")
    if depth == DEEPEST:
        raise ValueError(f"its lists or tables lie more than {DEEPEST} deep in each other")
    inner = value.items() if isinstance(value, Mapping) else enumerate(value)
    for name, item in inner:
        refuse_odd_values(item, f"{above}.{name}" if above else str(name), depth + 1)


def _refuse_all_but_files(file: Path, found: os.stat_result, most: int, failure: Failure) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise failure(f"cannot read {file}: it is a folder")
    if not stat.S_ISREG(found.st_mode):
        raise failure(f"cannot read {file}: it is no regular file")
    if found.st_size > most:
        raise failure(f"{file} is too large: it has {found.st_size} bytes, and at most {most} are read")
