"""Formats of examples, told by the first line: JSON lines, a JSON array, a table, or an equation a line."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from exprlearn.dataset.answer_values import read_answer
from exprlearn.dataset.audit.questions import find_expression
from exprlearn.dataset.audit.text_files import (
    LONGEST,
    Unreadable,
    array_objects,
    decoded,
    line_object,
    opened,
    read_lines,
)
from exprlearn.errors import DataError

Record = tuple[int, Mapping[str, Any]]
"""The number of a line or of an object in an array, and its fields."""

_DELIMITERS = (",", "\t", ";")
_BEGINNING = 1 << 16


class FileFormat(NamedTuple):
    """How a file holds its rows.

    Attributes:
        kind: JSON lines, a JSON array, a table, or equations.
        delimiter: what parts the cells of a table.
        columns: names of the columns of a table.
        header: whether its first line holds the names.
    """

    kind: Literal["lines", "array", "table", "equations"]
    delimiter: str = ","
    columns: tuple[str, ...] = ()
    header: bool = False


def find_format(path: Path, question: tuple[str, ...], answer: tuple[str, ...]) -> FileFormat:
    """Tell the format of a file.

    Args:
        path: the file.
        question: names that the column of questions may have.
        answer: names that the column of answers may have.

    Raises:
        DataError: it cannot be read, or is of no format that is known.
    """
    first = ""
    with opened(path) as stream:
        # Of an endless line the beginning tells enough.
        while not first and (line := stream.readline(_BEGINNING)):
            first = line.removeprefix(codecs.BOM_UTF8).decode(errors="replace").strip()
    if not first or first[0] in "{[":
        return FileFormat("array" if first[:1] == "[" else "lines")
    if equation(first) is not None:
        return FileFormat("equations")
    return _table(path, first, question, answer)


def equation(line: str) -> tuple[str, str] | None:
    """Split a line such as `12+34=46` into what is asked and the answer; None when it is none.

    >>> equation("12 + 34 = 46"), equation("46=12+34"), equation("x")
    (('12 + 34', '46'), ('12+34', '46'), None)
    """
    left, sign, right = line.strip().rpartition("=")
    if not sign:
        return None
    for question, given in ((left, right), (right, left)):
        if read_answer(given) is not None and find_expression(question) is not None:
            return question.strip(), given.strip()
    return None


def records(stream: IO[bytes], form: FileFormat, only: Container[int] | None = None) -> Iterator[Record]:
    """Yield the rows of an open file, whatever its format.

    Args:
        stream: the file.
        form: its format.
        only: numbers of the rows that count, so that others need not be read where lines are rows; None for all.

    Raises:
        Unreadable: a line cannot be read.
    """
    if form.kind == "array":
        yield from enumerate(array_objects(stream), start=1)
    elif form.kind == "table":
        yield from _cells(stream, form)
    else:
        read = line_object if form.kind == "lines" else _sides
        for number, line in enumerate(read_lines(stream), start=1):
            if not line.isspace() and (only is None or number in only):
                try:
                    found = read(line)
                except Unreadable as error:
                    raise Unreadable(str(error), number) from None
                yield number, found


def _sides(line: bytes) -> Mapping[str, str]:
    text = decoded(line)
    question, given = equation(text) or text.rpartition("=")[::2]
    return {"question": question, "answer": given}


def _table(path: Path, first: str, question: tuple[str, ...], answer: tuple[str, ...]) -> FileFormat:
    split = {delimiter: next(csv.reader([first], delimiter=delimiter), []) for delimiter in _DELIMITERS}
    wanted = {*question, *answer}
    for delimiter, cells in split.items():
        names = tuple(cell.strip() if cell.strip() in wanted else cell.strip().lower() for cell in cells)
        if not set(question).isdisjoint(names):
            return FileFormat("table", delimiter, names, header=True)
    for delimiter, cells in split.items():
        tree = find_expression(cells[0]) if len(cells) == 2 else None
        if tree is not None and len(tree.steps) > 1:
            return FileFormat("table", delimiter, (question[0], answer[0]))
    if path.name.removesuffix(".gz").endswith((".csv", ".tsv")):
        cells = max(split.values(), key=len)
        raise DataError(
            f"no column of '{path}' is called {', '.join(question)}: they are called "
            f"{', '.join(map(repr, cells))}; name one with --question-key"
        )
    raise DataError(
        f"'{path}' begins with neither JSON, nor a table with a column {' or '.join(question[:2])}, nor an equation: "
        'write an object a line, such as {"question": "3+5", "answer": "8"}, or an equation a line, such as 3+5=8'
    )


def _cells(stream: IO[bytes], form: FileFormat) -> Iterator[Record]:
    read = _Counted(stream)
    reader = csv.reader(read, delimiter=form.delimiter)
    number, header = 1, form.header
    try:
        for cells in reader:
            if cells and not header:
                yield number, dict(zip(form.columns, cells, strict=False))
            header = header and not cells
            number, read.since = reader.line_num + 1, 0
    except csv.Error as error:
        raise Unreadable(f"no row of a table: {error}; mend its quotes", number) from None


class _Counted:
    """Lines of a table; a row may span several, but not endlessly many."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.lines, self.since = read_lines(stream), 0

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.since += len(line)
        if self.since > LONGEST:
            raise Unreadable(f"a row of more than {LONGEST >> 20} MiB; mend its quotes")
        return decoded(line)
