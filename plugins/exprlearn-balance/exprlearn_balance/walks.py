"""Walks through cells: the expressions of one part, answer by answer, each once.

A walk takes every so many-th expression of a cell, in the cell's keyed order: of a listed cell those of the part, of a
larger one all, and skips what is of another part. Walks that begin beside each other meet no expression twice, so files
can be written without knowing of one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn_balance.cells import ATTEMPTS, Column
from exprlearn_balance.row_permutations import permute_rows

if TYPE_CHECKING:
    from exprlearn_balance.stream import BalancedResults

# More steps than anybody walks.
_ENOUGH = 1 << 61

# Expressions tried at once, but for the first try of each cell; no result depends on it.
_AT_ONCE = 1 << 16


@dataclass(frozen=True, eq=False)
class _Try:
    """Steps of several cells, one after the other, looked at together.

    Attributes:
        rows: int64 [m], the cell of each step.
        steps: int64 [m], how far it is from where its cell stood.
        ranks: [m], which expression of its cell it is.
        fits: bool [m], whether that is an example of the part.
        numbers: int64 [m], how many of its cell fit up to and including it.
    """

    rows: Column
    steps: Column
    ranks: NDArray[Any]
    fits: NDArray[np.bool_]
    numbers: Column


class Walks:
    """One walk through each cell of a stratum.

    Args:
        results: the answers and the part of each example.
        place: of the stratum.
        part: the part.
        keys: uint64 [A], the choice of order in each cell.
        number: which walk, from 0.
        count: how many walks share a cell.
    """

    def __init__(
        self, results: BalancedResults, place: int, part: Split, keys: NDArray[np.uint64], number: int, count: int
    ) -> None:
        self._results, self._place, self._code = results, place, SPLITS.index(part)
        self._keys, self._count = keys, count
        listed, everything = results.listed[place], results.table.counts_at(place)
        counts, self._listed = listed.of_part(self._code)
        self._starts = np.cumsum(counts) - counts
        self._is_listed = everything == listed.counts
        self._all = np.where(self._is_listed, counts.astype(everything.dtype), everything)
        # The only expression of a cell is not always the first walk's.
        self._offsets: Column = ((keys % np.uint64(count)).astype(np.int64) + number) % count
        self._lengths: Column = np.minimum(-((self._offsets - self._all) // count), _ENOUGH).astype(np.int64)
        self._steps = np.zeros_like(self._lengths)
        self._vain = np.zeros_like(self._lengths)

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Whether there may be more of each answer; bool [A]."""
        is_open: NDArray[np.bool_] = (self._steps < self._lengths) & (self._vain < ATTEMPTS)
        return is_open

    def next(self, answers: Column) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Go on to the next expression of each answer.

        Args:
            answers: int64 [n], rising; an answer that comes k times is given its next k expressions.

        Returns:
            [n], the rank of each expression, and bool [n], whether there is one.
        """
        cells, firsts, missing = np.unique(answers, return_index=True, return_counts=True)
        ranks, found = np.zeros(len(answers), self._all.dtype), np.zeros(len(answers), bool)
        scale = 1
        while (open_ := np.flatnonzero((missing > 0) & self.is_open[cells])).size:
            tried, tries = self._try(cells[open_], missing[open_], scale)
            taken = np.flatnonzero(tried.fits & (tried.numbers <= missing[open_][tried.rows]))
            places = (firsts[open_] - 1)[tried.rows[taken]] + tried.numbers[taken]
            ranks[places], found[places] = tried.ranks[taken], True
            took = np.bincount(tried.rows[taken], minlength=len(open_))
            self._move(cells[open_], tried, tries, took, missing[open_])
            firsts[open_] += took
            missing[open_] -= took
            scale *= 2
        return ranks, found

    def _try(self, cells: Column, missing: Column, scale: int) -> tuple[_Try, Column]:
        """Look at a few more steps of each cell than are missing: what is there, and how many steps of each."""
        # Eight of ten expressions are training examples.
        few = missing * 5 // 4 + 2
        scale = max(1, min(scale, _AT_ONCE // int(few.sum())))
        tries = np.minimum(few * scale, self._lengths[cells] - self._steps[cells])
        rows = np.repeat(np.arange(len(cells)), tries)
        steps = np.arange(len(rows)) - np.repeat(np.cumsum(tries) - tries, tries)
        several = cells[rows]
        positions = self._offsets[several] + (self._steps[several] + steps) * self._count
        ranks = self._ranks(several, positions)
        fits = self._results.is_of(self._results.table.draw(self._place, several, ranks), self._code)
        fitting = np.concatenate([np.zeros(1, np.int64), np.cumsum(fits)])
        numbers = fitting[1:] - fitting[np.cumsum(tries) - tries][rows]
        return _Try(rows, steps, ranks, fits, numbers), tries

    def _ranks(self, cells: Column, positions: Column) -> NDArray[Any]:
        """Tell which expressions of their cells stand at some positions of their orders."""
        ranks = permute_rows(positions, self._all[cells], self._keys[cells])
        small = np.flatnonzero(self._is_listed[cells])
        ranks[small] = self._listed[self._starts[cells[small]] + ranks[small].astype(np.int64)]
        return ranks

    def _move(self, cells: Column, tried: _Try, tries: Column, took: Column, missing: Column) -> None:
        """Stand behind the last step that was needed."""
        walked = tries.copy()
        last = np.flatnonzero(tried.fits & (tried.numbers == missing[tried.rows]))
        walked[tried.rows[last]] = tried.steps[last] + 1
        self._steps[cells] += walked
        self._vain[cells] = np.where(took > 0, 0, self._vain[cells] + tries)
