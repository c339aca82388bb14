"""What an audit remembers of every row, 18 bytes in all: hashes of its text and of its form, and its part.

Hashes tell which rows repeat each other; those that are shown are read once more.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import Tree
from exprlearn.dataset.audit.result import AuditFinding, Kind, Level
from exprlearn.dataset.audit.rows import QuestionRow, RowSource, read_rows
from exprlearn.dataset.canonical import commutative_key
from exprlearn.errors import DataError

#: The part of rows that say nothing.
NO_PART = 2**16 - 1


class RowPlace(NamedTuple):
    """A row of a file."""

    source: RowSource
    number: int

    def __str__(self) -> str:
        return self.source.place(self.number)


class Pairs(NamedTuple):
    """Rows, rising, each with an earlier or otherwise placed one that says the same; intp [m] each."""

    rows: NDArray[np.intp]
    others: NDArray[np.intp]


class Ledger:
    """Hashes of all rows, in the order they were read.

    Hashes have 64 bits: among ten million rows, the chance that any two different expressions meet is 3 in a million.
    """

    def __init__(self) -> None:
        self.parts: dict[str, int] = {}
        self._sources: list[tuple[RowSource, int]] = []
        self._texts, self._forms, self._codes = bytearray(), array("Q"), array("H")

    def open(self, source: RowSource) -> None:
        """Go on with the first row of another file."""
        self._sources.append((source, len(self._codes)))

    def enter(self, number: int, part: str, tree: Tree) -> None:
        """Remember the expression of a row of the current file.

        Raises:
            DataError: there are too many parts.
        """
        self._skip_to(number)
        code = self.parts.setdefault(part, len(self.parts))
        if code == NO_PART:
            place = self._sources[-1][0].place(number)
            raise DataError(f"{place}: more than {NO_PART} parts; name another --split-key")
        self._texts += blake2b(tree.expression.encode(), digest_size=8).digest()
        self._forms.append(commutative_key(tree))
        self._codes.append(code)

    def _skip_to(self, number: int) -> None:
        missing = self._sources[-1][1] + number - 1 - len(self._codes)
        if missing:
            self._texts += bytes(8 * missing)
            self._forms.extend([0] * missing)
            self._codes.extend([NO_PART] * missing)

    def place(self, row: int) -> RowPlace:
        """Find a row in its file."""
        source, start = [opened for opened in self._sources if opened[1] <= row][-1]
        return RowPlace(source, row - start + 1)

    def split_of(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Count rows by part; intp [parts]."""
        codes = np.frombuffer(self._codes, np.uint16)[rows]
        return np.bincount(codes, minlength=len(self.parts))

    def grouped(self, level: Level) -> Groups:
        """Put rows with the same key side by side."""
        codes = np.frombuffer(self._codes, np.uint16)
        rows = np.flatnonzero(codes != NO_PART)
        keys = np.frombuffer(self._texts if level == "string" else self._forms, np.uint64)[rows]
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
        return self._pairs(self.codes != self.codes[self._firsts(self._begins_key)], self._begins_key)

    def shared(self) -> int:
        """Count the keys that several parts have."""
        return int(np.count_nonzero(np.bincount(np.cumsum(self._begins_key)[self._begins_part]) > 1))

    def overlaps(self) -> Counter[tuple[int, int]]:
        """Count, for every two parts, the keys that both have."""
        groups, codes = np.cumsum(self._begins_key)[self._begins_part], self.codes[self._begins_part]
        several = np.bincount(groups)[groups] > 1
        groups, codes = groups[several], codes[several]
        several_parts = np.split(codes, np.flatnonzero(_changes(groups))[1:])
        return Counter(pair for members in several_parts for pair in combinations(members.tolist(), 2))

    def _firsts(self, begins: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Return, for each row, where its group begins; intp [n]."""
        return np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))

    def _pairs(self, chosen: NDArray[np.bool_], begins: NDArray[np.bool_]) -> Pairs:
        rows, others = self.rows[chosen], self.rows[self._firsts(begins)[chosen]]
        order = np.argsort(rows)
        return Pairs(rows[order], others[order])


def _changes(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Mark the first of each run of equal values; bool [n]."""
    return np.append(np.ones(1, bool), values[1:] != values[:-1])[: len(values)]


Reader = Callable[[QuestionRow], Tree | None]


class Shown(NamedTuple):
    """How findings between rows are shown: where the rows are, how they are read, and how many are shown."""

    ledger: Ledger
    read: Reader
    most: int

    def repeating(self, repeated: Pairs) -> list[AuditFinding]:
        """Show rows that repeat an earlier one of their part."""
        return list(self._findings(repeated, "duplicate", None, self.most))

    def overlapping(self, texts: Pairs, forms: Pairs) -> list[AuditFinding]:
        """Show rows whose expression another part has: first those with the same text, then those of the same form."""
        findings = list(self._findings(texts, "leak", "string", self.most))
        others = ~np.isin(forms.rows, texts.rows)
        rest = Pairs(forms.rows[others], forms.others[others])
        return [*findings, *self._findings(rest, "leak", "commutative", self.most - len(findings))]

    def _findings(self, pairs: Pairs, kind: Kind, level: Level | None, count: int) -> Iterator[AuditFinding]:
        chosen = list(zip(pairs.rows[:count].tolist(), pairs.others[:count].tolist(), strict=True))
        places = {row: self.ledger.place(row) for pair in chosen for row in pair}
        texts = self._texts(set(places.values()))
        for row, other in chosen:
            (expression, answer), place = texts[places[row]], places[other]
            yield AuditFinding(
                kind=kind,
                place=str(places[row]),
                expression=expression,
                answer=answer,
                other=(str(place), texts[place][0]),
                level=level,
            )

    def _texts(self, places: set[RowPlace]) -> dict[RowPlace, tuple[str, str | None]]:
        """Read the expressions and answers of some rows."""
        numbers: defaultdict[RowSource, set[int]] = defaultdict(set)
        for place in places:
            numbers[place.source].add(place.number)
        texts = {}
        for source, wanted in numbers.items():
            for row in read_rows(source, only=wanted):
                tree = self.read(row)
                texts[RowPlace(source, row.line)] = tree.expression if tree else "", row.answer
        return texts
