"""What an audit remembers of every row, 18 bytes in all: hashes of its text and of its form, and its part.

Hashes tell which rows repeat each other; those that are shown are read once more.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.audit.audit_rows import RowSource
from exprlearn.dataset.audit.result import Level
from exprlearn.errors import DataError
from exprlearn.plugin import Working
from exprlearn.working import as_expression

# What stands between the expressions and values of the built-in workings.
_BETWEEN = re.compile(r"[;=:,\n]")
_NUMBER = re.compile(r"[0-9]+")
_VALUE = re.compile(r"\s*-?[0-9]+\|[0-9]+\s*")
_ANSWER = re.compile(r"\s*-?[0-9]+/[0-9]+\s*")

#: The part of rows that say nothing.
NO_PART = 2**16 - 1

# Rows that are looked up at once.
_AT_ONCE = 1 << 16

Keys = NDArray[np.uint64]

Pairs = NDArray[np.intp]
"""Rows, rising, each with an earlier or otherwise placed one that says the same; intp [m, 2]."""


def shown_expressions(text: str, working: Working | None = None) -> Iterator[str]:
    """Yield each expression of several numbers in a working.

    Args:
        text: the working.
        working: how it is written; None reads what stands between `;`, `=`, `:` and `,`.

    >>> list(shown_expressions("9+9=18;3*18=54;8+54=62")), list(shown_expressions("62"))
    (['9+9', '3*18', '8+54'], [])
    """
    if not text:
        return
    if working is None:
        lines = _BETWEEN.split(text)
        # The last part is the answer, which may be a fraction, as `1|3` may be a value.
        lines = lines[:-1] if _ANSWER.fullmatch(lines[-1]) else lines
    else:
        lines = [line.expression for line in working.lines(text)]
    for line in lines:
        if len(_NUMBER.findall(line)) > 1 and not _VALUE.fullmatch(line):
            yield as_expression(line)


class Ledger:
    """Hashes of all rows, in the order they were read.

    Hashes have 64 bits: among ten million rows, the chance that any two different expressions meet is 3 in a million.
    """

    def __init__(self) -> None:
        self.parts: dict[str, int] = {}
        self._training: set[int] = set()
        self._sources: list[tuple[RowSource, int]] = []
        self._keys: dict[Level, array[int]] = {"string": array("Q"), "commutative": array("Q")}
        self._codes = array("H")
        # Of each expression in the workings of training rows its form and its row.
        self._shown, self._shown_by = array("Q"), array("Q")

    def open(self, source: RowSource) -> None:
        """Go on with the first row of another file."""
        self._sources.append((source, len(self._codes)))

    def enter(self, numbers: NDArray[np.int64], parts: Sequence[str], texts: Keys, forms: Keys) -> None:
        """Remember the expressions of n rows of the current file.

        Args:
            numbers: of the rows in the file, int64 [n], rising.
            parts: of the data.
            texts: uint64 [n], a key of each text.
            forms: uint64 [n], a key of each form.

        Raises:
            DataError: there are too many parts.
        """
        if not len(numbers):
            return
        self._enter_parts(numbers, parts)
        # Lines without an expression are rows that say nothing, so that a row's number tells its line.
        first = len(self._codes)
        places = numbers - 1 + self._sources[-1][1] - first
        codes = np.array([self.parts[part] for part in parts], np.uint16)
        for column, found, nothing in (
            (self._keys["string"], texts, 0),
            (self._keys["commutative"], forms, 0),
            (self._codes, codes, NO_PART),
        ):
            entered = np.full(int(places[-1]) + 1, nothing, found.dtype)
            entered[places] = found
            column.frombytes(entered.tobytes())

    def _enter_parts(self, numbers: NDArray[np.int64], parts: Sequence[str]) -> None:
        for part in dict.fromkeys(parts):
            if part not in self.parts and "train" in PurePath(part).name:
                self._training.add(len(self.parts))
            if self.parts.setdefault(part, len(self.parts)) == NO_PART:
                place = self._sources[-1][0].place(numbers[parts.index(part)])
                raise DataError(f"{place}: more than {NO_PART} parts; name another --split-key")

    def trains(self, part: str) -> bool:
        """Tell whether a part that rows were entered for is one to train on, which its name or its file's says."""
        return self.parts[part] in self._training

    def enter_shown(self, shown: Iterable[tuple[int, int]]) -> None:
        """Remember forms that workings show, each behind the number of its row in the current file."""
        for number, form in shown:
            self._shown.append(form)
            self._shown_by.append(self._sources[-1][1] + number - 1)

    @property
    def shown(self) -> int:
        """Count the expressions in the workings of training rows."""
        return len(self._shown)

    def held_out_shown(self) -> Pairs:
        """Return the training rows whose workings show what another part asks, each with a row that asks it."""
        shown = np.frombuffer(self._shown, np.uint64)
        if not len(shown):
            return np.empty((0, 2), np.intp)
        asked = np.frombuffer(self._keys["commutative"], np.uint64)
        codes = np.frombuffer(self._codes, np.uint16)
        elsewhere = [code for code in self.parts.values() if code not in self._training]
        rows = np.flatnonzero(np.isin(codes, np.array(elsewhere, np.uint16)))
        order = rows[np.argsort(asked[rows], kind="stable")]
        if not len(order):
            return np.empty((0, 2), np.intp)
        places = np.minimum(np.searchsorted(asked[order], shown), len(order) - 1)
        hits = np.flatnonzero(asked[order][places] == shown)
        return np.stack((np.frombuffer(self._shown_by, np.uint64)[hits].astype(np.intp), order[places[hits]]), axis=1)

    def locate(self, row: int) -> tuple[RowSource, int]:
        """Find the file of a row, and its number there."""
        source, start = [opened for opened in self._sources if opened[1] <= row][-1]
        return source, row - start + 1

    def count_by_part(self, rows: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
        """Count rows by part, all that say something by default; intp [parts]."""
        codes = np.frombuffer(self._codes, np.uint16)
        chosen = codes[codes != NO_PART] if rows is None else codes[rows]
        return np.bincount(chosen, minlength=len(self.parts))

    def grouped(self, level: Level) -> Groups:
        """Put rows with the same key side by side; most have a key of their own, and are left out."""
        codes = np.frombuffer(self._codes, np.uint16)
        keys = np.frombuffer(self._keys[level], np.uint64)
        found = keys[codes != NO_PART]
        found.sort()
        several = found[1:][found[1:] == found[:-1]]
        del found
        rows = _rows_with(keys, np.unique(several))
        rows = rows[codes[rows] != NO_PART]
        order = np.lexsort((codes[rows], keys[rows]))
        return Groups(rows[order], keys[rows][order], codes[rows][order])


def _rows_with(keys: Keys, wanted: Keys) -> NDArray[np.intp]:
    """Find the rows that have one of some keys, which rise; intp [m], rising."""
    found = [np.empty(0, np.intp)]
    for start in range(0, len(keys) if len(wanted) else 0, _AT_ONCE):
        piece = keys[start : start + _AT_ONCE]
        places = np.minimum(np.searchsorted(wanted, piece), len(wanted) - 1)
        found.append(start + np.flatnonzero(wanted[places] == piece))
    return np.concatenate(found)


@dataclass(frozen=True)
class Groups:
    """Rows that share a key, in the order of their keys, within a key of their parts, within a part as they were read.

    Attributes:
        rows: intp [n].
        keys: uint64 [n].
        codes: numbers of their parts; uint16 [n].
    """

    rows: NDArray[np.intp]
    keys: NDArray[np.uint64]
    codes: NDArray[np.uint16]

    # Five rows, of which the second repeats the first, and the third says in part 1 what both say in part 0:
    #     keys         3 3 3 7 8      _begins_key    1 0 0 1 1
    #     codes        0 0 1 0 0      _begins_part   1 0 1 1 1
    # So row 1 is repeated, row 2 is leaked, and one key is shared.

    @cached_property
    def _begins_key(self) -> NDArray[np.bool_]:
        return _changes(self.keys)

    @cached_property
    def _begins_part(self) -> NDArray[np.bool_]:
        return self._begins_key | _changes(self.codes)

    def repeated(self) -> Pairs:
        """Return the rows that say what an earlier row of their part says, each with the first such row."""
        return self._pairs(~self._begins_part, self._begins_part)

    def leaked(self) -> Pairs:
        """Return the rows that say what an earlier part says, each with the first row of the first such part."""
        return self._pairs(self.codes != self.codes[_firsts(self._begins_key)], self._begins_key)

    def shared(self) -> int:
        """Count the keys that several parts have."""
        return int(np.count_nonzero(np.bincount(self._key_numbers) > 1))

    def overlaps(self) -> Counter[tuple[int, int]]:
        """Count, for every two parts, the keys that both have."""
        several = np.bincount(self._key_numbers)[self._key_numbers] > 1
        numbers, codes = self._key_numbers[several], self.codes[self._begins_part][several]
        parts = np.split(codes, np.flatnonzero(_changes(numbers))[1:])
        return Counter(pair for members in parts for pair in combinations(members.tolist(), 2))

    @cached_property
    def _key_numbers(self) -> NDArray[np.intp]:
        """Number the keys, once for each part that has them; of the five rows above, 1 1 2 3."""
        return np.cumsum(self._begins_key, dtype=np.intp)[self._begins_part]

    def _pairs(self, chosen: NDArray[np.bool_], begins: NDArray[np.bool_]) -> Pairs:
        pairs = np.stack((self.rows[chosen], self.rows[_firsts(begins)[chosen]]), axis=1)
        return pairs[np.argsort(pairs[:, 0])]


def _firsts(begins: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return, for each row, where its group begins; intp [n]."""
    firsts: NDArray[np.intp] = np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
    return firsts


def _changes(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Mark the first of each run of equal values; bool [n]."""
    return np.append(np.ones(1, bool), values[1:] != values[:-1])[: len(values)]
