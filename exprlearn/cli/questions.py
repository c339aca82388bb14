"""What `exprlearn predict` is asked: expressions that were typed, and lines of stdin as they come in."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exprlearn.errors import DataError

#: Lines that are answered together, bytes that are read at once, and those of the longest line.
BATCH, CHUNK, LONGEST = 1024, 1 << 16, 1 << 20


class Question(NamedTuple):
    """A question and the line of stdin where it stands; 0 where it was typed."""

    text: str
    line: int = 0


def batches(expressions: Sequence[str]) -> Iterator[list[Question]]:
    """Yield the expressions typed, and those of stdin where `-` stands, as soon as they are there.

    Raises:
        DataError: a line of stdin that never ends.
    """
    typed: list[Question] = []
    for expression in expressions:
        if expression != "-":
            typed.append(Question(expression))
            continue
        yield from [typed] if typed else []
        typed = []
        yield from _batches_of_lines()
    yield from [typed] if typed else []


def _batches_of_lines() -> Iterator[list[Question]]:
    number = 0
    for lines in _arriving():
        questions = [
            Question(text, number + place)
            for place, line in enumerate(lines, start=1)
            if (text := line.decode("utf-8", "surrogateescape").strip())
        ]
        number += len(lines)
        for first in range(0, len(questions), BATCH):
            yield questions[first : first + BATCH]


def _arriving() -> Iterator[list[bytes]]:
    """Yield the lines that have come in whenever some have."""
    rest = b""
    while chunk := sys.stdin.buffer.read1(CHUNK):  # type: ignore[union-attr]
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST:
            raise DataError(f"a line of stdin has more than {LONGEST} bytes: write an expression a line")
        yield lines
    yield [rest]
