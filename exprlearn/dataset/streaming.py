"""The examples of one part of the data, without end: a filter over the stream of all expressions.

The filter looks at nothing but the expression, so example i of a part is reproducible, a cursor is one integer
(the number of expressions behind it in the stream), and any worker can go on anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.answering import Answering
from exprlearn.dataset.canonical import Level
from exprlearn.dataset.canonical_blocks import canonical_keys
from exprlearn.dataset.drawing.split import SPLITS, Split, split_codes
from exprlearn.dataset.examples import Examples
from exprlearn.dataset.searching import Search

if TYPE_CHECKING:
    from exprlearn.sampling.block import Block
    from exprlearn.sampling.stream import Stream

#: Items that small requests in a row look at together: NumPy takes as long for a sixteenth of them.
WINDOW = 1 << 14

# Expressions tried at once: enough to keep NumPy busy.
_FEWEST = 1 << 10
# Few enough to stay in the cache, more where many strata share them.
_MOST, _MOST_OF_ALL, _OF_STRATUM = 1 << 16, 1 << 17, 1 << 13

# Assumed share of examples before any were tried.
_FIRST_GUESS = 0.25


@dataclass(frozen=True, eq=False)
class Found:
    """The examples among neighbouring items of a stream.

    Attributes:
        items: int64 [m], their places among the items tried, rising.
        examples: the m examples.
        tried: items tried.
        eligible: items that belong to the part.
        rejected: how many eligible items each rule rejects, taken alone.
    """

    items: NDArray[np.int64]
    examples: Examples
    tried: int
    eligible: int
    rejected: Counter[str]

    def behind(self, item: int) -> Found:
        """Leave out the first items; eligible and rejected are counted as before."""
        rows = slice(int(np.searchsorted(self.items, item)), None)
        return Found(self.items[rows] - item, self.examples[rows], self.tried - item, self.eligible, self.rejected)


class ExampleStream:
    """The endless, reproducible examples of one part.

    Args:
        stream: all expressions of a space in a keyed order.
        answering: the rules that decide which expressions are examples.
        part: the part of the data.
        level: what expressions of different parts must not have in common.
        salt: another number, another division into parts.
        by_content: whether the content of an expression decides on its part; else all of the stream belongs to it.
    """

    def __init__(
        self,
        stream: Stream,
        answering: Answering,
        part: Split,
        *,
        level: Level = "commutative",
        salt: int = 0,
        by_content: bool = True,
    ) -> None:
        self.stream, self.answering, self.part = stream, answering, part
        self.level, self.salt, self.by_content = level, salt, by_content
        # Whoever goes on where the last request ended will do so again, so a whole window is remembered.
        self._window: tuple[int, Found] | None = None
        self._end = -1
        # The share of examples among items, as far as known; no result depends on it.
        self._share = _FIRST_GUESS

    def take(self, count: int, start: int = 0) -> tuple[Examples, int]:
        """Take the next examples behind a cursor.

        Args:
            count: how many.
            start: 0, or a cursor that an earlier call returned.

        Returns:
            The examples and the cursor behind them.

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
        return pieces[0] if len(pieces) == 1 else Examples.concatenate(pieces), cursor

    def search(self) -> Search:
        """Watch a search through this stream."""
        return Search(self.stream.space.grammar.name, self.part)

    def find(self, start: int, stop: int) -> Found:
        """Find the examples among items start to stop of the stream."""
        items: list[NDArray[np.int64]] = []
        pieces: list[Examples] = []
        eligible, rejected = 0, Counter[str]()
        for places, block in self.stream.items(start, stop).parts:
            rows = self._rows_of_part(block)
            block = choose(block, rows) if len(rows) < len(block) else block
            answered = self.answering.answer_block(block)
            kept = np.flatnonzero(answered.kept)
            items.append(places[rows[kept]])
            pieces.append(Examples(choose(block, kept).expressions, answered.answers[kept]))
            eligible += len(rows)
            rejected.update(answered.rejected)
        return Found(*woven(pieces, items, stop - start), stop - start, eligible, rejected)

    def _found_from(self, start: int, size: int, goes_on: bool) -> Found:
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

    def _rows_of_part(self, block: Block) -> NDArray[np.intp]:
        if not self.by_content:
            return np.arange(len(block))
        keys = canonical_keys(block, self.answering.programs(block.skeletons), self.level)
        return np.flatnonzero(split_codes(keys, self.salt) == SPLITS.index(self.part))


def choose(block: Block, rows: NDArray[np.intp]) -> Block:
    """Keep some rows of a block, whose texts are not written before they are asked for."""
    return block.chosen(rows)


def woven(
    pieces: Sequence[Examples], items: Sequence[NDArray[np.int64]], tried: int
) -> tuple[NDArray[np.int64], Examples]:
    """Put examples in the order of their items.

    Args:
        pieces: examples.
        items: for each piece the items of its examples, int64 [m]; they are different and below `tried`.
        tried: how many items there are.

    >>> pieces = Examples.of([("1+2", "3"), ("3+4", "7")]), Examples.of([("1+2+3", "6")])
    >>> places, examples = woven(pieces, (np.array([0, 4]), np.array([2])), 5)
    >>> places.tolist(), examples.answers.tolist()
    ([0, 2, 4], ['3', '6', '7'])
    """
    met = np.zeros(tried, bool)
    for places in items:
        met[places] = True
    order, rank = np.flatnonzero(met), np.cumsum(met) - 1
    expressions, answers = (
        np.zeros(len(order), max((column.dtype for column in columns), key=lambda kind: kind.itemsize, default="<U1"))
        for columns in ([piece.expressions for piece in pieces], [piece.answers for piece in pieces])
    )
    for piece, places in zip(pieces, items, strict=True):
        expressions[rank[places]], answers[rank[places]] = piece.expressions, piece.answers
    return order, Examples(expressions, answers)
