"""The files of a run folder: whole texts, lines that grow, and arrays in one file as `numpy.savez` writes them.

A header of a few bytes can promise terabytes, and packed bytes can hold a thousand times as many. `savez` packs
nothing, so that everything a header promises must stand behind it: what is read is as large as the file and no larger.
What is missing, too large or damaged is a RunError with the name of the file, of a line with its number.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from exprlearn import reading
from exprlearn.backend.keras_import import array_of
from exprlearn.errors import RunError
from exprlearn.files import write_whole

#: Bytes of a text, of a file of lines, and of one line.
MOST_TEXT, MOST_LINES, LONGEST_LINE = 4 * 2**20, 2**30, 2**20

Row = TypeVar("Row", bound=BaseModel)


def write_text(file: Path, text: str) -> None:
    """Write `text` beside `file`, flush it to the disk and rename it; a failure leaves the old one as it was."""
    write_whole(file, text, RunError)


def write_json(file: Path, document: Mapping[str, Any]) -> None:
    """Write a JSON document as `write_text` does."""
    write_text(file, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def write_lines(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line as `write_text` does."""
    write_text(file, _json_lines(rows))


def append_lines(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Append one JSON object a line and flush them to the disk."""
    try:
        with file.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(_json_lines(rows))
            stream.flush()
            # A checkpoint that survives a power cut must find the lines of its epochs.
            os.fsync(stream.fileno())
    except OSError as error:
        raise RunError(f"cannot write {file}: {error.strerror or error}") from error


def _json_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_text(file: Path, *, most: int = MOST_TEXT) -> str:
    """Read a text of a run."""
    _refuse_missing(file)
    return reading.read_text(file, most, RunError)


def read_json(file: Path, kind: type[BaseModel] | None = None) -> dict[str, Any]:
    """Read a JSON object of a run whose keys are what `kind` says."""
    _refuse_missing(file)
    return _checked(reading.read_json(file, RunError), kind, file)


def read_toml(file: Path, kind: type[BaseModel] | None = None) -> tuple[dict[str, Any], str]:
    """Read the tables of a TOML file of a run, whose keys are what `kind` says, and its text."""
    _refuse_missing(file)
    tables, text = reading.read_toml(file, RunError)
    return _checked(tables, kind, file), text


def read_row(file: Path, kind: type[Row]) -> Row:
    """Read a JSON object of a run as a row of a kind."""
    _refuse_missing(file)
    return _row(reading.read_bytes(file, reading.MOST_JSON, RunError), kind, file)


def read_lines(file: Path, kind: type[BaseModel] | None = None) -> list[dict[str, Any]]:
    """Read one JSON object a line, with all its keys, which are what `kind` says; none of a file that is missing.

    A last line without its end, as a crash leaves it, is left out.
    """
    rows = []
    for where, line in _lines(file, grows=True):
        try:
            row = reading.json_value(line)
        except ValueError as error:
            raise _damage(where, error) from None
        rows.append(_checked(row, None, where))
        if kind is not None:
            _row(line, kind, where)
    return rows


def rows_of(file: Path, kind: type[Row], *, grows: bool = False) -> Iterator[Row]:
    """Yield the lines of a file as rows of a kind, without holding more than one; none of a file that is missing.

    Args:
        file: what to read.
        kind: of each line.
        grows: whether a last line without its end is one that a crash or a moment cut off, and passed over.
    """
    return (_row(line, kind, where) for where, line in _lines(file, grows=grows))


def fault(error: ValueError) -> str:
    """Say the first thing that is wrong: of a document checked by pydantic the key, and what it must be."""
    if not isinstance(error, ValidationError):
        return str(error)
    problem = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part)[:80] for part in problem["loc"]) or "line"
    return f"{key}: {problem['msg'][:200].lower()}"


def _lines(file: Path, *, grows: bool) -> Iterator[tuple[str, bytes]]:
    """Yield each line that is not blank after the file's name and its number."""
    if not os.path.exists(file):
        return
    # Only a line feed ends a line: text is split at other characters too, which JSON strings may hold.
    for number, line in enumerate(reading.read_lines(file, MOST_LINES, LONGEST_LINE, RunError), start=1):
        if line.strip() and (line.endswith(b"\n") or not grows):
            yield f"{file}:{number}", line


def _row(text: bytes, kind: type[Row], where: Path | str) -> Row:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise _damage(where, error) from None


def _checked(document: Any, kind: type[BaseModel] | None, where: Path | str) -> dict[str, Any]:
    if not isinstance(document, dict):
        named = "nothing" if document is None else f"a {type(document).__name__}"
        raise RunError(f"{where} is damaged: it holds {named}, not an object")
    try:
        if kind is not None:
            kind.model_validate(document)
    except ValidationError as error:
        raise _damage(where, error) from None
    return document


def _damage(where: Path | str, error: ValueError) -> RunError:
    return RunError(f"{where} is damaged: {fault(error)}")


def _refuse_missing(file: Path) -> None:
    if not os.path.lexists(file):
        raise RunError(f"{file.parent} has no {file.name}: it is no complete run (exprlearn runs list)")


# The one way in which `numpy.save` writes the header of an array of booleans, integers or floats.
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<|](?:b1|[iu][1248]|f[248]))', 'fortran_order': (False|True), "
    rb"'shape': \(((?:[0-9]{1,18}, ?){0,31}(?:[0-9]{1,18})?)\), \} *\n",
    re.DOTALL,
)
_ENCRYPTED = 1


def pack_arrays(arrays: Mapping[str, Any]) -> bytes:
    """Return arrays, by name, as the bytes of an npz file."""
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **{name: array_of(value) for name, value in arrays.items()})
    return packed.getvalue()


def unpack_arrays(data: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays, by name, of the bytes of an npz file; a ValueError refuses what `pack_arrays` never writes.

    >>> unpack_arrays(pack_arrays({"bias": np.zeros(2, np.float32)}))
    {'bias': array([0., 0.], dtype=float32)}
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
            if sum(member.file_size for member in members) > len(data):
                raise ValueError("its arrays are larger than the file")
            return {member.filename.removesuffix(".npy"): _array(packed, member) for member in members}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, OverflowError) as error:
        # Some of these errors quote a name of the archive, which may be as long as 65 535 characters.
        raise ValueError(f"no archive of arrays ({str(error)[:200]})") from error


def _array(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    name = member.filename[:80]
    if member.flag_bits & _ENCRYPTED or member.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is packed or encrypted, which no array is")
    content = packed.read(member)
    header = _HEADER.match(content)
    if header is None or not header.end() == 10 + int.from_bytes(content[8:10], "little"):
        raise ValueError(f"{name} is no array of numbers")
    dtype = np.dtype(header[1].decode())
    order: Literal["C", "F"] = "F" if header[2] == b"True" else "C"
    shape = tuple(int(size) for size in header[3].replace(b",", b" ").split())
    if math.prod(shape) * dtype.itemsize != len(content) - header.end():
        raise ValueError(f"{name} holds {len(content) - header.end()} bytes, which are not {shape} of {dtype}")
    values: NDArray[Any] = np.frombuffer(content, dtype, offset=header.end()).reshape(shape, order=order)
    return values
