"""What an audit remembers of every line: hashes of its text and of its form, and its part; 18 bytes in all."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from hashlib import blake2b
from itertools import combinations
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import Tree
from exprlearn.dataset.canonical import commutative_key
from exprlearn.errors import DataError

Level = Literal["string", "commutative"]

#: The part of lines that say nothing.
NO_PART = 2**16 - 1


class Place(NamedTuple):
    """A line of a file."""

    file: Path
    line: int


class Ledger:
    """Hashes of all lines, in the order they were read.

    Hashes have 64 bits: among ten million lines, the chance that any two different expressions meet is 3 in a million.
    """

    def __init__(self) -> None:
        self.parts: dict[str, int] = {}
        self._files: list[tuple[Path, int]] = []
        self._texts, self._forms, self._codes = bytearray(), array("Q"), array("H")

    def open(self, file: Path) -> None:
        """Go on with the first line of another file."""
        self._files.append((file, len(self._codes)))

    def enter(self, line: int, part: str, tree: Tree) -> None:
        """Remember the expression of a line of the current file.

        Raises:
            DataError: there are too many parts.
        """
        self._skip_to(line)
        code = self.parts.setdefault(part, len(self.parts))
        if code == NO_PART:
            raise DataError(f"{self._files[-1][0]}:{line}: more than {NO_PART} parts; name another --split-key")
        self._texts += blake2b(tree.expression.encode(), digest_size=8).digest()
        self._forms.append(commutative_key(tree))
        self._codes.append(code)

    def _skip_to(self, line: int) -> None:
        missing = self._files[-1][1] + line - 1 - len(self._codes)
        if missing:
            self._texts += bytes(8 * missing)
            self._forms.extend([0] * missing)
            self._codes.extend([NO_PART] * missing)

    def place(self, row: int) -> Place:
        """Find the line of a row."""
        file, start = [opened for opened in self._files if opened[1] <= row][-1]
        return Place(file, row - start + 1)

    def keys(self, level: Level) -> NDArray[np.uint64]:
        """Return the hashes of one level; uint64 [rows]."""
        return np.frombuffer(self._texts if level == "string" else self._forms, np.uint64)

    def rows(self, part: str) -> NDArray[np.intp]:
        """Return the rows of a part, rising; intp [m]."""
        return np.flatnonzero(np.frombuffer(self._codes, np.uint16) == self.parts[part])

    def repeated(self, part: str, level: Level) -> NDArray[np.intp]:
        """Return the rows of a part that say again what an earlier row of it says, rising; intp [m]."""
        rows = self.rows(part)
        keys = self.keys(level)[rows]
        order = np.argsort(keys, kind="stable")
        again = np.flatnonzero(keys[order][1:] == keys[order][:-1]) + 1
        return np.sort(rows[order[again]])

    def shared(self, level: Level) -> dict[tuple[str, str], NDArray[np.uint64]]:
        """Return, for every two parts, the keys that both have; without the pairs that share none."""
        distinct = {part: np.unique(self.keys(level)[self.rows(part)]) for part in self.parts}
        return {
            (one, other): found
            for one, other in combinations(self.parts, 2)
            if len(found := np.intersect1d(distinct[one], distinct[other], assume_unique=True))
        }

    def find(self, part: str, level: Level, keys: NDArray[np.uint64]) -> Iterator[int]:
        """Yield the first row of a part for each of some keys that it has."""
        rows = self.rows(part)
        for key in keys:
            yield int(rows[np.argmax(self.keys(level)[rows] == key)])
