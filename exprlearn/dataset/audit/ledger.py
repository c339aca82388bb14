"""What an audit remembers of every row, 18 bytes in all: hashes of its text and of its form, and its part.

Hashes tell which rows repeat each other; those that are shown are read once more.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import combinations
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import DEFAULT_LIMITS, Tree
from exprlearn.dataset.audit.audit_rows import RowSource
from exprlearn.dataset.audit.result import Level
from exprlearn.dataset.canonical import canonical_key, commutative_key
from exprlearn.errors import DataError, EvaluationError
from exprlearn.plugin import Working
from exprlearn.working import as_expression

# What stands between the expressions and values of the built-in workings.
_BETWEEN = re.compile(r"[;=:,\n]")
_NUMBER = re.compile(r"[0-9]+")
_VALUE = re.compile(r"\s*-?[0-9]+\|[0-9]+\s*")
_ANSWER = re.compile(r"\s*-?[0-9]+/[0-9]+\s*")

#: The part of rows that say nothing.
NO_PART = 2**16 - 1

Pairs = NDArray[np.intp]
"""Rows, rising, each with an earlier or otherwise placed one that says the same; intp [m, 2]."""


def shown_forms(text: str, working: Working | None = None) -> Iterator[int]:
    """Yield the canonical form of each expression of several numbers in a working; what cannot be read shows nothing.

    Args:
        text: the working.
        working: how it is written; None reads what stands between `;`, `=`, `:` and `,`.

    >>> len(list(shown_forms("9+9=18;3*18=54;8+54=62"))), list(shown_forms("62"))
    (3, [])
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
            try:
                yield canonical_key(as_expression(line), limits=DEFAULT_LIMITS)
            except EvaluationError:
                continue


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

    def enter(self, number: int, part: str, tree: Tree) -> None:
        """Remember the expression of a row of the current file; a `DataError` says when there are too many parts."""
        source, start = self._sources[-1]
        if part not in self.parts and "train" in PurePath(part).name:
            self._training.add(len(self.parts))
        code = self.parts.setdefault(part, len(self.parts))
        if code == NO_PART:
            raise DataError(f"{source.place(number)}: more than {NO_PART} parts; name another --split-key")
        texts, forms = self._keys["string"], self._keys["commutative"]
        # Lines without an expression are rows that say nothing, so that a row's number tells its line.
        if missing := start + number - 1 - len(self._codes):
            texts.frombytes(bytes(8 * missing))
            forms.frombytes(bytes(8 * missing))
            self._codes.extend([NO_PART] * missing)
        texts.frombytes(blake2b(tree.expression.encode(), digest_size=8).digest())
        forms.append(commutative_key(tree))
        self._codes.append(code)

    def enter_shown(self, forms: Iterable[int]) -> None:
        """Remember the forms of the expressions that the working of the last row shows, if it is one to train on."""
        if self._trains(self._codes[-1]):
            for form in forms:
                self._shown.append(form)
                self._shown_by.append(len(self._codes) - 1)

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
        elsewhere = [code for code in self.parts.values() if not self._trains(code)]
        rows = np.flatnonzero(np.isin(codes, np.array(elsewhere, np.uint16)))
        order = rows[np.argsort(asked[rows], kind="stable")]
        if not len(order):
            return np.empty((0, 2), np.intp)
        places = np.minimum(np.searchsorted(asked[order], shown), len(order) - 1)
        hits = np.flatnonzero(asked[order][places] == shown)
        return np.stack((np.frombuffer(self._shown_by, np.uint64)[hits].astype(np.intp), order[places[hits]]), axis=1)

    def _trains(self, code: int) -> bool:
        """Tell whether a part is one to train on, which its name or that of its file says."""
        return code != NO_PART and code in self._training

    def locate(self, row: int) -> tuple[RowSource, int]:
        """Find the file of a row, and its number there."""
        source, start = [opened for opened in self._sources if opened[1] <= row][-1]
        return source, row - start + 1

    def count_by_part(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Count rows by part; intp [parts]."""
        codes = np.frombuffer(self._codes, np.uint16)[rows]
        return np.bincount(codes, minlength=len(self.parts))

    def grouped(self, level: Level) -> Groups:
        """Put rows with the same key side by side."""
        codes = np.frombuffer(self._codes, np.uint16)
        rows = np.flatnonzero(codes != NO_PART)
        keys = np.frombuffer(self._keys[level], np.uint64)[rows]
        order = np.lexsort((codes[rows], keys))
        return Groups(rows[order], keys[order], codes[rows][order])


@dataclass(frozen=True)
class Groups:
    """Rows in the order of their keys, within a key of their parts, within a part as they were read.

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
