"""Rows of JSONL files, plain or gzipped, read one after the other in constant memory."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import zlib
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from exprlearn.errors import DataError

# Numbers stay text: none is rounded, and none is too long.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)

GZIPPED = b"\x1f\x8b"


class Row(NamedTuple):
    """One line of a file: what it asks, what it answers, and the part of the data it says it belongs to.

    A field that the line does not have, or has in a form that is no text, is None.
    """

    line: int
    question: str | None
    answer: str | None
    part: str | None


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Where rows keep their fields: the first key that a row has counts.

    A key such as `metadata.split` looks inside of objects. A field may be text, a number, or a list of messages
    `{"role", "content"}`, of which the last one counts, for an answer the last one of the assistant.

    Attributes:
        question: keys of the question.
        answer: keys of the answer.
        part: key of the part of the data; None when rows do not say it.
    """

    question: tuple[str, ...] = ("expression", "question", "prompt", "input", "messages")
    answer: tuple[str, ...] = ("answer", "completion", "target", "output", "messages")
    part: str | None = "split"


def read_rows(path: Path, keys: Keys, only: Container[int] | None = None) -> Iterator[Row]:
    """Read the rows of a file; blank lines are left out.

    Args:
        path: a JSONL file, plain or gzipped.
        keys: where rows keep their fields.
        only: numbers of the lines to read; None reads all.

    Raises:
        DataError: the file cannot be read, is damaged, or a line is no JSON object; with file and line.
    """
    number = 0
    with _opened(path) as lines:
        try:
            for number, line in enumerate(lines, start=1):
                if not line.isspace() and (only is None or number in only):
                    yield _row(number, _object(line), keys)
        except _NoObject as error:
            raise DataError(f"{path}:{number}: {error}") from None
        except (EOFError, OSError, zlib.error) as error:
            raise DataError(
                f"{path}: damaged or cut off after line {number} ({error}); fetch it or build it again"
            ) from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == GZIPPED
            yield io.BufferedReader(gzip.GzipFile(fileobj=raw)) if packed else raw
    except OSError as error:
        raise DataError(f"'{path}' cannot be read: {error.strerror or error}; name a JSONL file") from None


class _NoObject(Exception):
    """A line that is no JSON object."""


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        found = _DECODER.decode(line.removeprefix(codecs.BOM_UTF8).decode())
    except UnicodeDecodeError:
        raise _NoObject("no UTF-8 text; write the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        said = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise _NoObject(f"no JSON: {said}; mend or remove the line") from None
    if not isinstance(found, dict):
        raise _NoObject(f"a JSON {type(found).__name__} instead of an object; write one object a line")
    return found


def _row(number: int, found: Mapping[str, Any], keys: Keys) -> Row:
    part = None if keys.part is None else _text(_value(found, keys.part))
    return Row(number, _field(found, keys.question, "user"), _field(found, keys.answer, "assistant"), part)


def _field(found: Mapping[str, Any], names: Sequence[str], role: str) -> str | None:
    for name in names:
        value = _value(found, name)
        if value is not None:
            return _message(value, role) if isinstance(value, list) else _text(value)
    return None


def _value(found: Mapping[str, Any], name: str) -> Any:
    value = found.get(name)
    if value is None and "." in name:
        head, _, rest = name.partition(".")
        inner = found.get(head)
        return _value(inner, rest) if isinstance(inner, dict) else None
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _message(messages: Sequence[Any], role: str) -> str | None:
    """Return what the last message of a role says, else what the last message says."""
    spoken = [message for message in messages if isinstance(message, dict)]
    chosen = [message for message in spoken if message.get("role") == role] or spoken
    return _text(chosen[-1].get("content")) if chosen else None
