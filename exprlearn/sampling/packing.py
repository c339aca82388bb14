"""Rows of bytes put together from short pieces, eight bytes to a machine word.

A piece is an uint64 that holds up to seven bytes, the first one lowest, and in its topmost byte how many bits they
take. Joining a column of pieces to rows of any length is a dozen operations on whole words; no byte is touched alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

#: The most bytes of a piece.
PIECE = 7

_LENGTH = np.uint64(56)
_BODY = np.uint64((1 << 56) - 1)
_WORD = 64


def pieces_of(texts: Sequence[bytes]) -> list[Words]:
    """Cut texts into as many columns of pieces as the longest needs; uint64 [n] each, none where all are empty.

    >>> [[hex(piece) for piece in column.tolist()] for column in pieces_of([b"1", b"23"])]
    [['0x800000000000031', '0x1000000000003332']]
    """
    longest = max(map(len, texts), default=0)
    return [
        np.array([_piece(text[start : start + PIECE]) for text in texts], np.uint64)
        for start in range(0, longest, PIECE)
    ]


def _piece(text: bytes) -> int:
    return len(text) << 59 | int.from_bytes(text, "little")


def joined(first: Words, second: Words) -> Words:
    """Join two columns of pieces that take no more than a piece together; uint64 [n].

    >>> joined(*pieces_of([b"12"]), *pieces_of([b"+"])) == pieces_of([b"12+"])[0]
    array([ True])
    """
    moved = second & _BODY
    moved <<= first >> _LENGTH
    moved += first
    # The lengths stand above all bodies, so that they add up with them.
    moved += second & ~_BODY
    return moved


class Packer:
    """Rows that grow to the right, a column of pieces at a time.

    Args:
        rows: how many.
        width: the most bytes of a row.

    >>> packer = Packer(2, 5)
    >>> for column in pieces_of([b"1", b"23"]) + pieces_of([b"+4", b"-"]):
    ...     packer.add(column)
    >>> packer.lengths().tolist(), packer.bytes()[:, :3].tolist()
    ([3, 3], [[49, 43, 52], [50, 51, 45]])
    """

    def __init__(self, rows: int, width: int) -> None:
        self._words = [np.zeros(rows, np.uint64) for _ in range(max(1, -(-width // 8)))]
        self._bits, self._least = np.zeros(rows, np.uint64), 0

    def add(self, pieces: Words) -> None:
        """Append a piece to every row; uint64 [n]."""
        self.append(pieces & _BODY, pieces >> _LENGTH)

    def append(self, body: Words, bits: Words) -> None:
        """Append up to eight bytes to every row: uint64 [n] with the first byte lowest, and how many bits they take."""
        if not len(body):
            return
        ends = self._bits + bits
        for number in range(self._least // _WORD, -(-int(ends.max()) // _WORD)):
            self._add_to(number, body)
        self._bits, self._least = ends, int(ends.min())

    def _add_to(self, number: int, body: Words) -> None:
        """Append to the word of this number what falls into it: a shift by more than there is leaves nothing."""
        word, start = self._words[number], number * _WORD
        place = self._bits - np.uint64(start) if number else self._bits
        word |= body << place
        if self._least < start:
            # Of a piece that begins in the word before, the end.
            word |= body >> np.negative(place)

    def lengths(self) -> Words:
        """Return how many bytes each row has; uint64 [n]."""
        return self._bits >> np.uint64(3)

    def bytes(self) -> NDArray[np.uint8]:
        """Return the rows, zero behind their ends; uint8 [n, width or some more]."""
        return np.stack(self._words, axis=1).astype("<u8", copy=False).view(np.uint8)
