"""The files of a run folder: whole texts, and lines that grow."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from exprlearn.errors import RunError
from exprlearn.files import write_whole


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


def read_lines(file: Path) -> list[dict[str, Any]]:
    """Read one JSON object a line; a last line without its end, as a crash leaves it, is passed over.

    Raises:
        RunError: any other line that is no JSON object.
    """
    if not file.exists():
        return []
    rows: list[dict[str, Any]] = []
    whole, _, _ = file.read_text(encoding="utf-8").rpartition("\n")
    for number, line in enumerate(whole.split("\n") if whole else [], start=1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise RunError(f"{file}:{number} is damaged: {error}") from error
    return rows
