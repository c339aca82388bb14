"""The files of a run folder: whole texts, and lines that grow."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from exprlearn import reading
from exprlearn.errors import RunError
from exprlearn.files import write_whole

#: Bytes of a text, of a file of lines, and of one line.
MOST_TEXT, MOST_LINES, LONGEST_LINE = 4 * 2**20, 2**30, 2**20

Row = TypeVar("Row", bound=BaseModel)


def write_text(file: Path, text: str) -> None:
    """Write `text` beside `file`, flush it to the disk and rename it into place.

    Raises:
        RunError: the file cannot be written; an earlier one is untouched.
    """
    write_whole(file, text, RunError)


def write_json(file: Path, document: Mapping[str, Any]) -> None:
    """Write a JSON document; raises as `write_text` does."""
    write_text(file, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def write_lines(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line; raises as `write_text` does."""
    write_text(file, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def append_lines(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Append one JSON object a line and flush them to the disk.

    Raises:
        RunError: the file cannot be written.
    """
    try:
        with file.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
            stream.flush()
            # A checkpoint that survives a power cut must find the lines of its epochs.
            os.fsync(stream.fileno())
    except OSError as error:
        raise RunError(f"cannot write {file}: {error.strerror or error}") from error


def read_text(file: Path, *, most: int = MOST_TEXT) -> str:
    """Read a text of a run.

    Raises:
        RunError: it is missing, too large, or no text.
    """
    _refuse_missing(file)
    return reading.read_text(file, most, RunError)


def read_json(file: Path, kind: type[BaseModel] | None = None) -> dict[str, Any]:
    """Read a JSON object of a run whose keys are what `kind` says.

    Raises:
        RunError: it is missing, damaged or too large.
    """
    _refuse_missing(file)
    document = reading.read_json(file, RunError)
    if not isinstance(document, dict):
        raise RunError(f"{file} is damaged: it holds {_named(document)}, not an object")
    if kind is not None:
        _check(file, kind, document)
    return document


def read_toml(file: Path, kind: type[BaseModel] | None = None) -> tuple[dict[str, Any], str]:
    """Read the tables of a TOML file of a run, whose keys are what `kind` says, and its text.

    Raises:
        RunError: it is missing, damaged or too large.
    """
    _refuse_missing(file)
    tables, text = reading.read_toml(file, RunError)
    if kind is not None:
        _check(file, kind, tables)
    return tables, text


def read_row(file: Path, kind: type[Row]) -> Row:
    """Read a JSON object of a run as a row of a kind; raises as `read_json` does."""
    _refuse_missing(file)
    try:
        return kind.model_validate_json(reading.read_bytes(file, reading.MOST_JSON, RunError))
    except ValidationError as error:
        raise RunError(f"{file} is damaged: {fault(error)}") from None


def read_lines(file: Path, kind: type[BaseModel] | None = None) -> list[dict[str, Any]]:
    """Read one JSON object a line, with all its keys; a last line without its end, as a crash leaves it, is left out.

    Args:
        file: what to read; nothing is read of one that is missing.
        kind: what the keys must be.

    Raises:
        RunError: any other line that is no such object.
    """
    rows = []
    for place, line in _lines(file, grows=True):
        try:
            row = reading.json_value(line)
            if not isinstance(row, dict):
                raise RunError(f"{place} is damaged: it holds {_named(row)}, not an object")
            if kind is not None:
                kind.model_validate_json(line)
        except ValidationError as error:
            raise RunError(f"{place} is damaged: {fault(error)}") from None
        except ValueError as error:
            raise RunError(f"{place} is damaged: {error}") from None
        rows.append(row)
    return rows


def rows_of(file: Path, kind: type[Row], *, grows: bool = False) -> Iterator[Row]:
    """Yield the lines of a file as rows of a kind, without holding more than one; none of a file that is missing.

    Args:
        file: what to read.
        kind: of each line.
        grows: whether a last line without its end is one that a crash or a moment cut off, and passed over.

    Raises:
        RunError: a line that is none, or a file that is too large.
    """
    for place, line in _lines(file, grows=grows):
        try:
            yield kind.model_validate_json(line)
        except ValidationError as error:
            raise RunError(f"{place} is damaged: {fault(error)}") from None


def fault(error: ValidationError) -> str:
    """Say the first thing that is wrong: the key, and what it must be."""
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


def _check(file: Path, kind: type[BaseModel], document: Mapping[str, Any]) -> None:
    try:
        kind.model_validate(document)
    except ValidationError as error:
        raise RunError(f"{file} is damaged: {fault(error)}") from None


def _refuse_missing(file: Path) -> None:
    if not os.path.lexists(file):
        raise RunError(f"{file.parent} has no {file.name}: it is no complete run (exprlearn runs list)")


def _named(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
