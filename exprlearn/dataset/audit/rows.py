"""Rows of the files of others, read one after the other in constant memory."""

from __future__ import annotations

import zlib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from exprlearn.dataset.audit.file_formats import FileFormat, find_format, records
from exprlearn.dataset.audit.text_files import Unreadable, opened
from exprlearn.errors import DataError

# Names of parts are kept, so endless ones are cut; what they are cut from stays apart.
_LONGEST_PART = 80


class QuestionRow(NamedTuple):
    """One row of a file: what it asks, what it answers, and the part of the data it says it belongs to.

    A field that the row does not have, or has in a form that is no text, is None.
    """

    line: int
    question: str | None
    answer: str | None
    part: str | None


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Where rows keep their fields: the first key under which a row has something counts.

    A key such as `metadata.split` looks inside of objects. A field may be text, a number, or a list of messages
    `{"role", "content"}`, of which the last one counts, for an answer the last one of the assistant.

    Attributes:
        question: keys of the question.
        answer: keys of the answer.
        part: key of the part of the data; None when rows do not say it.
    """

    question: tuple[str, ...] = ("expression", "question", "prompt", "input", "problem", "instruction", "messages")
    answer: tuple[str, ...] = ("answer", "completion", "target", "output", "solution", "response", "messages")
    part: str | None = "split"


class RowSource(NamedTuple):
    """A file and how it is read."""

    path: Path
    form: FileFormat
    keys: Keys

    def place(self, number: int) -> str:
        """Name a row, by its line or by its number in an array."""
        return f"{self.name}: row {number}" if self.form.kind == "array" else f"{self.name}:{number}"

    @property
    def name(self) -> str:
        """Name the file, in characters that can be printed and written."""
        return whole(str(self.path))

    def fields(self) -> list[str]:
        """List the names of the fields of the first row."""
        with opened(self.path) as stream:
            for _, found in records(stream, self.form):
                return [whole(name) for name in found]
        return []


def open_source(path: Path, keys: Keys) -> RowSource:
    """Look at how a file holds its rows.

    Raises:
        DataError: it cannot be read, or is of no format that is known.
    """
    form = find_format(path, keys.question, keys.answer)
    return RowSource(path, form, Keys(part=keys.part) if form.kind == "equations" else keys)


def read_rows(source: RowSource, only: Container[int] | None = None) -> Iterator[QuestionRow]:
    """Read the rows of a file; blank lines are left out.

    Args:
        source: the file.
        only: numbers of the rows to read; None reads all.

    Raises:
        DataError: the file cannot be read, is damaged, or a row is of another form; with file and line.
    """
    number = 0
    with opened(source.path) as stream:
        try:
            for number, found in records(stream, source.form, only):
                if only is None or number in only:
                    yield _row(number, found, source.keys)
        except Unreadable as error:
            raise DataError(f"{source.place(error.number or number + 1)}: {error}") from None
        except (EOFError, OSError, zlib.error) as error:
            raise DataError(
                f"{source.path}: damaged or cut off after line {number} ({error}); fetch it or build it again"
            ) from None


def whole(text: str) -> str:
    r"""Replace halves of characters, which JSON and file names can hold, and no file and no terminal can.

    >>> whole("8\ud800")
    '8\ufffd'
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _row(number: int, found: Mapping[str, Any], keys: Keys) -> QuestionRow:
    part = None if keys.part is None else _text(_value(found, keys.part))
    if part is not None and len(part) > _LONGEST_PART:
        part = f"{part[:_LONGEST_PART]}…{blake2b(part.encode(), digest_size=8).hexdigest()}"
    return QuestionRow(number, _field(found, keys.question, "user"), _field(found, keys.answer, "assistant"), part)


def _field(found: Mapping[str, Any], names: Sequence[str], role: str) -> str | None:
    for name in names:
        value = found.get(name) or (_value(found, name) if "." in name else None)
        if value:
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
    if isinstance(value, str):
        return value if value.isascii() else whole(value)
    return None


def _message(messages: Sequence[Any], role: str) -> str | None:
    """Return what the last message of a role says, else what the last message says."""
    spoken = [message for message in messages if isinstance(message, dict)]
    chosen = [message for message in spoken if message.get("role") == role] or spoken
    return _text(chosen[-1].get("content")) if chosen else None
