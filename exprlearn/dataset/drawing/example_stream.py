"""The examples of one split, without end: a filter over the stream of all expressions.

The filter looks at nothing but the expression, so example i of a split is reproducible, a cursor is one integer
(the number of expressions behind it in the stream), and any worker can go on anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.canonical import Level
from exprlearn.dataset.drawing.rows import Examples, weave
from exprlearn.dataset.drawing.split import Answering, FilteredRows, RowFilter, Split
from exprlearn.errors import DataError
from exprlearn.sampling.stream import Stream

#: Items that small requests in a row look at together: NumPy takes as long for a sixteenth of them.
WINDOW = 1 << 14

#: A search is given up when fewer than one expression in RAREST is an example …
RAREST = 10_000
#: … after so many tries.
PATIENCE = 1_000_000

# Expressions tried at once: enough to keep NumPy busy.
_FEWEST = 1 << 10
# Few enough to stay in the cache, more where many strata share them.
_MOST, _MOST_OF_ALL, _OF_STRATUM = 1 << 16, 1 << 17, 1 << 13

# Assumed share of examples before any were tried.
_FIRST_GUESS = 0.25


@dataclass(frozen=True, eq=False)
class FoundExamples:
    """The m examples among neighbouring items of a stream.

    Attributes:
        items: int64 [m], which of the items tried they are, rising.
        examples: the examples.
        tried: items tried.
        eligible: items that belong to the split.
        rejected: how many eligible items each rule rejects, taken alone.
    """

    items: NDArray[np.int64]
    examples: Examples
    tried: int
    eligible: int
    rejected: Counter[str]

    def behind(self, item: int) -> FoundExamples:
        """Leave out the first items; eligible and rejected are counted as before."""
        rows = slice(int(np.searchsorted(self.items, item)), None)
        rest = self.items[rows] - item, self.examples[rows]
        return FoundExamples(*rest, self.tried - item, self.eligible, self.rejected)


class Search:
    """Counts what a search for examples of a split tried and found; a hopeless one is stopped with the reason."""

    def __init__(self, grammar: str, split: Split) -> None:
        self.grammar, self.split = grammar, split
        self.tried = self.kept = self.eligible = 0
        self.rejected: Counter[str] = Counter()

    def note(self, kept: int, tried: int, eligible: int, rejected: Mapping[str, int]) -> None:
        """Count some tries, the eligible ones that belong to the split, and how many of these each rule rejects.

        Raises:
            DataError: too little came of too many tries.
        """
        self.kept += kept
        self.tried += tried
        self.eligible += eligible
        self.rejected.update(rejected)
        if self.tried >= PATIENCE and self.kept * RAREST < self.tried:
            raise DataError(self.complaint())

    def complaint(self) -> str:
        """Say how little was found, what rejects most, and what to change."""
        return (
            f"only {self.kept} of {self.tried} expressions of {self.grammar} are {self.split} examples: "
            f"{self.reason()}; loosen the constraints, choose another division policy, "
            "or widen the grammar's sizes and range"
        )

    def reason(self) -> str:
        """Name the rule that rejects most."""
        if not self.eligible:
            return "all of them belong to other parts of the data"
        if not self.rejected:
            return "nothing is rejected"
        rule, count = self.rejected.most_common(1)[0]
        return f"{rule} rejects {count / self.eligible:.2%} of those that belong there"


class ExampleStream:
    """The endless, reproducible examples of one split.

    Args:
        stream: all expressions of a space in a keyed order.
        answering, split, level, salt, by_content: as of `RowFilter`.
    """

    def __init__(
        self,
        stream: Stream,
        answering: Answering,
        split: Split,
        *,
        level: Level = "commutative",
        salt: int = 0,
        by_content: bool = True,
    ) -> None:
        self.stream, self.answering, self.split, self.level, self.salt = stream, answering, split, level, salt
        self.filter = RowFilter(stream.space, answering, split, level=level, salt=salt, by_content=by_content)
        # A request that begins where the last one ended is likely to be followed by another, so a whole window is kept.
        self._window: tuple[int, FoundExamples] | None = None
        self._end = -1
        # The share of examples among items, as far as known; no result depends on it.
        self._share = _FIRST_GUESS

    def take(self, count: int, start: int = 0) -> tuple[Examples, int]:
        """Take the next examples behind `start`, 0 or a cursor from an earlier call, with the cursor behind them.

        Raises:
            DataError: hardly any expression is an example; the message names the rule that rejects most.
        """
        pieces: list[Examples] = []
        missing, cursor, search = count, start, self.search()
        goes_on = start == self._end
        while missing > 0:
            found = self._found_from(cursor, self._batch(missing, search), goes_on)
            pieces.append(found.examples[:missing])
            used = int(found.items[missing - 1]) + 1 if len(found.items) >= missing else found.tried
            missing, cursor = missing - len(pieces[-1]), cursor + used
            search.note(len(found.items), found.tried, found.eligible, found.rejected)
            self._share = max(search.kept, 1) / search.tried
        self._end = cursor
        return Examples.concatenate(pieces), cursor

    def search(self) -> Search:
        """Watch a search through this stream."""
        return Search(self.stream.space.grammar.name, self.split)

    def find(self, start: int, stop: int) -> FoundExamples:
        """Find the examples among items start to stop of the stream."""
        items = [np.empty(0, np.int64)]
        pieces = [Examples.of([])]
        eligible, rejected = 0, Counter[str]()
        for _, indices, found in self.parts(start, stop):
            items.append(indices)
            pieces.append(found.examples)
            eligible += found.eligible
            rejected.update(found.rejected)
        return FoundExamples(*weave(pieces, items), stop - start, eligible, rejected)

    def parts(self, start: int, stop: int) -> Iterator[tuple[int, NDArray[np.int64], FilteredRows]]:
        """Find the examples among items start to stop of the stream, a stratum after the other.

        Yields:
            The index in the space of the stratum's first expression; which of the items the m examples are, int64 [m],
            rising; the examples.
        """
        block = self.stream.items(start, stop)
        for first, (items, part) in zip(block.starts, block.parts, strict=True):
            found = self.filter.keep(part)
            yield first, items[found.rows], found

    def fixed_items(self, count: int) -> tuple[Examples, NDArray[np.int64]]:
        """Take the first n examples that differ in their expression, or all, and their items, int64 [n], rising.

        Raises:
            DataError: there are none, or hardly any among many tries.
        """
        search, end = self.search(), self.stream.whole_pass
        pieces: list[Examples] = []
        items = [np.empty(0, np.int64)]
        seen: set[str] = set()
        start = barren = 0
        while len(seen) < count and start < end and barren < PATIENCE:
            found = self.find(start, min(start + WINDOW, end))
            fresh = _fresh(found.examples, seen, count)
            pieces.append(found.examples[fresh])
            items.append(start + found.items[fresh])
            start += found.tried
            barren = 0 if len(fresh) * RAREST >= found.tried else barren + found.tried
            search.note(len(found.items), found.tried, found.eligible, found.rejected)
        if count and not seen:
            raise DataError(search.complaint())
        return Examples.concatenate(pieces), np.concatenate(items)

    def _found_from(self, start: int, size: int, goes_on: bool) -> FoundExamples:
        """Find the examples among so many items or more: the rest of a window when small requests come in a row."""
        number = start // WINDOW
        is_known = self._window is not None and self._window[0] == number
        if size >= WINDOW or not (is_known or goes_on):
            return self.find(start, start + max(size, _FEWEST))
        if self._window is None or not is_known:
            self._window = number, self.find(number * WINDOW, (number + 1) * WINDOW)
        return self._window[1].behind(start - number * WINDOW)

    def _batch(self, missing: int, search: Search) -> int:
        """Choose how many items to try for the examples still missing; no result depends on it."""
        share = max(search.kept, 1) / search.tried if search.tried else self._share
        most = min(max(_MOST, len(self.stream.space.strata) * _OF_STRATUM), _MOST_OF_ALL)
        return int(min(1.05 * missing / share + 1, most))


def _fresh(examples: Examples, seen: set[str], count: int) -> list[int]:
    """List the rows whose expression was not seen before, until `count` have been seen."""
    rows = []
    for row, expression in enumerate(examples.expressions.tolist()):
        if len(seen) == count:
            break
        if expression not in seen:
            seen.add(expression)
            rows.append(row)
    return rows
