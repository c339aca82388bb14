"""Rows of the files of others: JSON lines, a JSON array, a table, or an equation a line, told by the first line."""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
import zlib
from collections.abc import Callable, Container, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

from exprlearn.arithmetic.text_blocks import read_texts
from exprlearn.dataset.audit.questions import find_expression, plain_expression
from exprlearn.dataset.audit.row_fields import Fields, Keys, QuestionRows, whole
from exprlearn.dataset.audit.text_files import (
    LONGEST,
    Unreadable,
    array_objects,
    decode,
    line_objects,
    open_bytes,
    read_lines,
)
from exprlearn.dataset.final_answer import read_answer
from exprlearn.errors import DataError

_DELIMITERS = (",", "\t", ";")
_BEGINNING = 1 << 16

Records = tuple[list[int], list[Fields]]
Element = TypeVar("Element")

# Bytes of rows that are read at once.
_TOGETHER = 1 << 16

#: What damaged files raise when they are read.
CUT_OFF = (EOFError, OSError, zlib.error)

# Right sides that are answers at sight.
_NUMBER = re.compile(r"\s*-?[0-9]{1,18}(?:/[1-9][0-9]{0,17})?\s*")

_EVERY = range(sys.maxsize)


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

    def read(self, only: Container[int] = _EVERY) -> Iterator[QuestionRows]:
        """Read the rows with some numbers, many at once; blank lines are no rows.

        Raises:
            DataError: the file cannot be read, is damaged, or a row is of another form; with file and line.
        """
        with open_bytes(self.path) as stream:
            try:
                for numbers, found in self._records(stream, only):
                    if found and not self.fields:
                        self.fields = [whole(name) for name in found[0]]
                    yield QuestionRows.of(numbers, found, self.keys)
            except Unreadable as error:
                raise DataError(f"{self.place(self._number)}: {error}") from None
            except CUT_OFF as error:
                raise DataError(
                    f"{self.path}: damaged or cut off after line {self._number - 1} ({error}); "
                    "fetch it or build it again"
                ) from None

    def _find_format(self) -> Callable[[io.BufferedReader, Container[int]], Iterator[Records]]:
        first = ""
        with open_bytes(self.path) as stream:
            # Of an endless line the beginning tells enough.
            while not first and (line := stream.readline(_BEGINNING)):
                first = line.removeprefix(codecs.BOM_UTF8).decode(errors="replace").strip()
        if first.startswith("["):
            self._unit = ": row "
            return self._array
        if not first or first[0] == "{":
            return partial(self._lines, line_objects)
        if split_equation(first) is not None:
            self.keys = Keys(part=self.keys.part)
            return partial(self._lines, equations)
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
                f"{', '.join(map(repr, cells))}; {self.keys.hint}"
            )
        raise DataError(
            f"'{self.path}' begins with neither JSON, nor a table with a column {' or '.join(question[:2])}, nor an "
            'equation: write an object a line, such as {"question": "3+5", "answer": "8"}, or an equation a line, '
            "such as 3+5=8"
        )

    def _lines(
        self,
        read: Callable[[Sequence[bytes]], Iterator[Fields]],
        stream: io.BufferedReader,
        only: Container[int],
    ) -> Iterator[Records]:
        self._number = 1
        for lines in read_lines(stream):
            # Others are not decoded.
            chosen = [place for place, line in enumerate(lines) if not line.isspace() and self._number + place in only]
            numbers = [self._number + place for place in chosen]
            found: list[Fields] = []
            try:
                found += read([lines[place] for place in chosen])
            except Unreadable:
                self._number = numbers[len(found)]
                raise
            yield numbers, found
            self._number += len(lines)

    def _array(self, stream: io.BufferedReader, only: Container[int]) -> Iterator[Records]:
        return self._gather(self._each_object(stream, only))

    def _table(
        self, delimiter: str, columns: Sequence[str], header: bool, stream: io.BufferedReader, only: Container[int]
    ) -> Iterator[Records]:
        return self._gather(self._each_record(delimiter, columns, header, stream, only))

    def _gather(self, rows: Iterator[tuple[Element, int]]) -> Iterator[tuple[list[int], list[Element]]]:
        """Yield some rows at once, each of which comes with its length, and their numbers."""
        numbers, found, size = list[int](), list[Element](), 0
        try:
            for row, length in rows:
                numbers.append(self._number)
                found.append(row)
                size += length
                if size > _TOGETHER:
                    yield numbers, found
                    numbers, found, size = [], [], 0
        except (Unreadable, *CUT_OFF):
            # Those before are read first, for they may be worse.
            yield numbers, found
            raise
        yield numbers, found

    # Each way to read sets the number of a row before it reads it, so that errors name the row.

    def _each_object(self, stream: io.BufferedReader, only: Container[int]) -> Iterator[tuple[Fields, int]]:
        self._number = 1
        for found, length in array_objects(stream):
            if self._number in only:
                yield found, length
            self._number += 1

    def _each_record(
        self, delimiter: str, columns: Sequence[str], header: bool, stream: io.BufferedReader, only: Container[int]
    ) -> Iterator[tuple[Fields, int]]:
        self._number, self._size = 1, 0
        reader = csv.reader(self._table_lines(stream), delimiter=delimiter)
        try:
            for cells in reader:
                if cells and not header and self._number in only:
                    yield dict(zip(columns, cells, strict=False)), self._size
                header = header and not cells
                self._number, self._size = reader.line_num + 1, 0
        except csv.Error as error:
            raise Unreadable(f"no row of a table: {error}; fix its quotes") from None

    def _table_lines(self, stream: io.BufferedReader) -> Iterator[str]:
        """Yield lines of a table; a row may span several, but not endlessly many."""
        for line in chain.from_iterable(read_lines(stream)):
            self._size += len(line)
            if self._size > LONGEST:
                raise Unreadable(f"a row of more than {LONGEST >> 20} MiB; fix its quotes")
            yield decode(line)


def equations(lines: Sequence[bytes]) -> Iterator[Fields]:
    """Read each of some lines as an equation; one that is no UTF-8 is `Unreadable` when its turn comes.

    >>> list(equations([b"12+34=46", b"7 = 3 + 4"]))
    [{'question': '12+34', 'answer': '46'}, {'question': '3 + 4', 'answer': '7'}]
    """
    try:
        texts = [decode(line) for line in lines]
    except Unreadable:
        yield from (_sides(decode(line)) for line in lines)
        return
    sides = [text.strip().rpartition("=") for text in texts]
    asked = [plain_expression(left) or "" if _NUMBER.fullmatch(right) else "" for left, _, right in sides]
    read = frozenset(read_texts(asked)[0].tolist())
    for row, (left, _, right) in enumerate(sides):
        yield {"question": left.strip(), "answer": right.strip()} if row in read else _sides(texts[row])


def _sides(text: str) -> Fields:
    question, given = split_equation(text) or text.rpartition("=")[::2]
    return {"question": question, "answer": given}


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
