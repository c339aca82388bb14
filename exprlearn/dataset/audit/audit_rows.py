"""Rows of the files of others: JSON lines, a JSON array, a table, or an equation a line, told by the first line."""

from __future__ import annotations

import codecs
import csv
import sys
import zlib
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, NamedTuple

from exprlearn.dataset.audit.questions import find_expression
from exprlearn.dataset.audit.text_files import (
    LONGEST,
    Unreadable,
    array_objects,
    decode,
    line_object,
    open_bytes,
    read_lines,
)
from exprlearn.dataset.final_answer import read_answer
from exprlearn.errors import DataError

Fields = Mapping[str, Any]

_DELIMITERS = (",", "\t", ";")
_BEGINNING = 1 << 16

# Names of parts are kept, so endless ones are cut; what they are cut from stays apart.
_LONGEST_PART = 80

_EVERY = range(sys.maxsize)


class QuestionRow(NamedTuple):
    """One row of a file: what it asks, what it answers, the part of the data it says it belongs to, and its working.

    A field that the row does not have, or has in a form that is no text, is None.
    """

    line: int
    question: str | None
    answer: str | None
    part: str | None
    working: str | None = None


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Where rows keep their fields: the first key under which a row has something counts.

    A key such as `metadata.split` looks inside of objects. A field may be text, a number, or a list of messages
    `{"role", "content"}`, of which the last one counts, for an answer the last one of the assistant.

    Attributes:
        question: keys of the question.
        answer: keys of the answer.
        part: key of the part of the data; None when rows do not say it.
        working: keys of the working of the answer.
    """

    question: tuple[str, ...] = ("expression", "question", "prompt", "input", "problem", "instruction", "messages")
    answer: tuple[str, ...] = ("answer", "completion", "target", "output", "solution", "response", "messages")
    part: str | None = "split"
    working: tuple[str, ...] = ("working", "metadata.working")


class RowSource:
    """A file and how its rows are read, in constant memory; a `DataError` says why it is of no format that is known.

    Attributes:
        name: of the file, in characters that can be printed and written.
        fields: names of the fields of the first row, once it has been read.
    """

    def __init__(self, path: Path, keys: Keys) -> None:
        self.path, self.keys, self.name = path, keys, whole(str(path))
        self.fields: list[str] = []
        self._unit, self._number, self._size = ":", 0, 0
        self._records = self._find_format()

    def place(self, number: int) -> str:
        """Name a row, by its line or by its number in an array."""
        return f"{self.name}{self._unit}{number}"

    def read(self, only: Container[int] = _EVERY) -> Iterator[QuestionRow]:
        """Read the rows with some numbers; blank lines are no rows.

        Raises:
            DataError: the file cannot be read, is damaged, or a row is of another form; with file and line.
        """
        with open_bytes(self.path) as stream:
            try:
                for found in self._records(stream, only):
                    if not self.fields:
                        self.fields = [whole(name) for name in found]
                    yield self._row(found)
            except Unreadable as error:
                raise DataError(f"{self.place(self._number)}: {error}") from None
            except (EOFError, OSError, zlib.error) as error:
                raise DataError(
                    f"{self.path}: damaged or cut off after line {self._number - 1} ({error}); "
                    "fetch it or build it again"
                ) from None

    def _find_format(self) -> Callable[[IO[bytes], Container[int]], Iterator[Fields]]:
        first = ""
        with open_bytes(self.path) as stream:
            # Of an endless line the beginning tells enough.
            while not first and (line := stream.readline(_BEGINNING)):
                first = line.removeprefix(codecs.BOM_UTF8).decode(errors="replace").strip()
        if first.startswith("["):
            self._unit = ": row "
            return self._array
        if not first or first[0] == "{":
            return partial(self._lines, line_object)
        if split_equation(first) is not None:
            self.keys = Keys(part=self.keys.part)
            return partial(self._lines, _sides)
        return partial(self._table, *self._find_columns(first))

    def _find_columns(self, first: str) -> tuple[str, tuple[str, ...], bool]:
        """Return what parts the cells of a table, the names of its columns, and whether its first line holds them."""
        question, answer = self.keys.question, self.keys.answer
        split = {delimiter: next(csv.reader([first], delimiter=delimiter), []) for delimiter in _DELIMITERS}
        for delimiter, cells in split.items():
            stripped = [cell.strip() for cell in cells]
            names = tuple(name if name in {*question, *answer} else name.lower() for name in stripped)
            if not set(question).isdisjoint(names):
                return delimiter, names, True
        for delimiter, cells in split.items():
            tree = find_expression(cells[0]) if len(cells) == 2 else None
            if tree is not None and len(tree.steps) > 1:
                return delimiter, (question[0], answer[0]), False
        if self.path.name.removesuffix(".gz").endswith((".csv", ".tsv")):
            cells = max(split.values(), key=len)
            raise DataError(
                f"no column of '{self.path}' is called {', '.join(question)}: they are called "
                f"{', '.join(map(repr, cells))}; name one with --question-key"
            )
        raise DataError(
            f"'{self.path}' begins with neither JSON, nor a table with a column {' or '.join(question[:2])}, nor an "
            'equation: write an object a line, such as {"question": "3+5", "answer": "8"}, or an equation a line, '
            "such as 3+5=8"
        )

    # Each way to read sets the number of a row before it reads it, so that errors name the row.

    def _lines(self, read: Callable[[bytes], Fields], stream: IO[bytes], only: Container[int]) -> Iterator[Fields]:
        self._number = 1
        for line in read_lines(stream):
            # Others are not decoded.
            if self._number in only and not line.isspace():
                yield read(line)
            self._number += 1

    def _array(self, stream: IO[bytes], only: Container[int]) -> Iterator[Fields]:
        self._number = 1
        for found in array_objects(stream):
            if self._number in only:
                yield found
            self._number += 1

    def _table(
        self, delimiter: str, columns: Sequence[str], header: bool, stream: IO[bytes], only: Container[int]
    ) -> Iterator[Fields]:
        self._number, self._size = 1, 0
        reader = csv.reader(self._table_lines(stream), delimiter=delimiter)
        try:
            for cells in reader:
                if cells and not header and self._number in only:
                    yield dict(zip(columns, cells, strict=False))
                header = header and not cells
                self._number, self._size = reader.line_num + 1, 0
        except csv.Error as error:
            raise Unreadable(f"no row of a table: {error}; mend its quotes") from None

    def _table_lines(self, stream: IO[bytes]) -> Iterator[str]:
        """Yield lines of a table; a row may span several, but not endlessly many."""
        for line in read_lines(stream):
            self._size += len(line)
            if self._size > LONGEST:
                raise Unreadable(f"a row of more than {LONGEST >> 20} MiB; mend its quotes")
            yield decode(line)

    def _row(self, found: Fields) -> QuestionRow:
        keys = self.keys
        part = None if keys.part is None else _text(_value(found, keys.part))
        if part is not None and len(part) > _LONGEST_PART:
            part = f"{part[:_LONGEST_PART]}…{blake2b(part.encode(), digest_size=8).hexdigest()}"
        question, answer = _field(found, keys.question, "user"), _field(found, keys.answer, "assistant")
        working = _field(found, keys.working, "assistant")
        return QuestionRow(self._number, question, answer, part, working)


def split_equation(line: str) -> tuple[str, str] | None:
    """Split a line such as `12+34=46` into what is asked and the answer; None when it is none.

    >>> split_equation("12 + 34 = 46"), split_equation("46=12+34"), split_equation("x")
    (('12 + 34', '46'), ('12+34', '46'), None)
    """
    left, sign, right = line.strip().rpartition("=")
    if not sign:
        return None
    for question, given in ((left, right), (right, left)):
        if read_answer(given) is not None and find_expression(question) is not None:
            return question.strip(), given.strip()
    return None


def whole(text: str) -> str:
    r"""Replace halves of characters, which JSON and file names can hold, and no file and no terminal can.

    >>> whole("8\ud800")
    '8\ufffd'
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _sides(line: bytes) -> Fields:
    text = decode(line)
    question, given = split_equation(text) or text.rpartition("=")[::2]
    return {"question": question, "answer": given}


def _field(found: Fields, names: Sequence[str], role: str) -> str | None:
    for name in names:
        value = found.get(name) or (_value(found, name) if "." in name else None)
        if value:
            return _message(value, role) if isinstance(value, list) else _text(value)
    return None


def _value(found: Fields, name: str) -> Any:
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
