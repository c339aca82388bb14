"""Cells: the expressions of one part of the data that have one size and one answer.

A cell is *listed* when its expressions, of all parts, are few: each is made once and those of the part are kept. Then
a cell is drawn in passes, without a repeat inside one. Of a larger cell every turn has a window of its own in a keyed
order of all its expressions, and takes the first one of the part; turns repeat nothing before the order is used up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.sampling import Block
from exprlearn.sampling.ordering.hashing import derive_keys, mix_array
from exprlearn_balance.results import ResultTable
from exprlearn_balance.row_permutations import permute_rows

Column = NDArray[np.int64]

#: Expressions of a table that are made to be listed, at most; a second or two.
LISTED = 1 << 20

#: Of a large cell, expressions tried for one turn before it is given up.
ATTEMPTS = 1 << 10

# Eight of ten expressions are training examples, one of ten is for validation: a window all but surely holds one.
_WINDOW: dict[Split, int] = {"train": 8, "validation": 64, "test": 64}

# Expressions tried at once, for all turns and, to begin with, for one; no result depends on it.
_AT_ONCE = 1 << 15
_TRIES: dict[Split, int] = {"train": 1, "validation": 8, "test": 8}

_BLOCK = 1 << 16

Codes = Callable[[Block], NDArray[np.int8]]
"""The part of each expression of a block, as an index into `SPLITS`, -1 for what is no example."""


@dataclass(frozen=True, eq=False)
class Listed:
    """The expressions of all small cells of one stratum, answer by answer.

    Attributes:
        counts: int64 [A], expressions of each answer's cell; 0 where it is large.
        ranks: int64 [m], which of the expressions of its cell each is.
        codes: int8 [m], the part of each; -1 for what is no example.
    """

    counts: Column
    ranks: Column
    codes: NDArray[np.int8]

    def of_part(self, code: int) -> tuple[Column, Column]:
        """Return how many expressions of a part each answer has, int64 [A], and their ranks, answer by answer."""
        kept = self.codes == code
        answers = np.repeat(np.arange(len(self.counts)), self.counts)[kept]
        return np.bincount(answers, minlength=len(self.counts)), self.ranks[kept]


def list_small_cells(table: ResultTable, codes: Codes) -> dict[int, Listed]:
    """Make the expressions of as many small cells as there is room for, smallest first, by place of the stratum."""
    largest = _largest_listed(table)
    return {place: _list(table, place, largest, codes) for place in table.places}


def _largest_listed(table: ResultTable) -> int:
    counts = np.sort(np.concatenate([table.counts_at(place) for place in table.places]))
    counts = counts[counts > 0]
    room = int(np.searchsorted(np.cumsum(counts), LISTED, side="right"))
    # Cells of one size are listed all or none, so that the order of the strata does not matter.
    while 0 < room < len(counts) and counts[room] == counts[room - 1]:
        room -= 1
    return int(counts[room - 1]) if room else 0


def _list(table: ResultTable, place: int, largest: int, codes: Codes) -> Listed:
    counts = table.counts_at(place)
    small = np.where(counts <= largest, counts, 0).astype(np.int64)
    answers = np.repeat(np.arange(len(small)), small)
    ranks = np.arange(len(answers)) - np.repeat(np.cumsum(small) - small, small)
    found = [codes(table.draw(place, answers[chunk], ranks[chunk])) for chunk in _chunks(len(answers))]
    return Listed(small, ranks, np.concatenate([*found, np.empty(0, np.int8)]))


def _chunks(count: int) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, count, _BLOCK))


class Cells:
    """The cells of one stratum and one part.

    Args:
        table: all answers.
        place: of the stratum.
        listed: the expressions of its small cells.
        is_of: tells which expressions of a block are examples of the part with a code.
        part: the part.
        keys: uint64 [A], the choice of order in each cell.

    Attributes:
        available: bool [A], the answers that some expression gives, as far as is known.
    """

    def __init__(
        self,
        table: ResultTable,
        place: int,
        listed: Listed,
        is_of: Callable[[Block, int], NDArray[np.bool_]],
        part: Split,
        keys: NDArray[np.uint64],
    ) -> None:
        self._table, self._place, self._is_of = table, place, is_of
        self._code, self._window, self._tries = SPLITS.index(part), _WINDOW[part], _TRIES[part]
        stratum = table.space.strata[place].name
        self._keys = mix_array(keys ^ np.uint64(derive_keys(1, "cell", stratum)[0]))
        self._all = table.counts_at(place)
        self._is_large = self._all > listed.counts
        self._counts, self._ranks = listed.of_part(self._code)
        self._starts = np.cumsum(self._counts) - self._counts
        self.available = self._counts > 0
        large = np.flatnonzero(self._is_large)
        _, found = self._search(large, np.zeros_like(large))
        self.available[large[found]] = True

    @property
    def longest_pass(self) -> int:
        """How many turns it takes at least until all has come that can come."""
        return max(int(self._counts.max(initial=0)), int(self._all[self._is_large].max(initial=0)))

    def draw(self, answers: Column, turns: Column) -> tuple[Block, NDArray[np.intp]]:
        """Make the expressions of some turns.

        Args:
            answers: int64 [n], by number; all `available`.
            turns: int64 [n], how often each cell had its turn before.

        Returns:
            The expressions, and intp [m], to which turns they belong: all but those given up.
        """
        ranks: NDArray[Any] = np.zeros(len(answers), self._all.dtype)
        given = np.ones(len(answers), bool)
        large = np.flatnonzero(self._is_large[answers])
        ranks[large], given[large] = self._search(answers[large], turns[large])
        small = np.flatnonzero(~self._is_large[answers])
        chosen = answers[small]
        places = permute_rows(turns[small], self._counts[chosen], self._keys[chosen])
        ranks[small] = self._ranks[self._starts[chosen] + places]
        rows = np.flatnonzero(given)
        return self._table.draw(self._place, answers[rows], ranks[rows]), rows

    def _search(self, answers: Column, turns: Column) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Find an expression of the part for each turn of a large cell: its rank, and whether there is one."""
        ranks: NDArray[Any] = np.zeros(len(answers), self._all.dtype)
        open_turns = np.arange(len(answers))
        attempt, tries = 0, self._tries
        while attempt < ATTEMPTS and open_turns.size:
            # The more have been in vain, the more are worth trying at once.
            tries = max(1, min(max(tries, attempt), _AT_ONCE // len(open_turns), ATTEMPTS - attempt))
            chosen = answers[open_turns]
            tried, is_found = self._try(chosen, turns[open_turns] * self._window + attempt, tries)
            ranks[open_turns] = tried
            open_turns, attempt = open_turns[~is_found], attempt + tries
        found = np.ones(len(answers), bool)
        found[open_turns] = False
        return ranks, found

    def _try(self, answers: Column, positions: Column, tries: int) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Look for the first expression of the part at so many positions from each on: its rank, and whether it is."""
        several = np.repeat(answers, tries)
        places = (positions[:, None] + np.arange(tries)).reshape(-1)
        ranks = permute_rows(places, self._all[several], self._keys[several])
        fits = self._is_of(self._table.draw(self._place, several, ranks), self._code).reshape(-1, tries)
        first, is_found = fits.argmax(axis=1), fits[np.arange(len(answers)), fits.argmax(axis=1)]
        return ranks.reshape(-1, tries)[np.arange(len(answers)), first], is_found
