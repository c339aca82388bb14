"""Every skeleton of a stratum as one matrix of tokens, in rank order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.counting.chart import CountChart, DerivationChoice, State
from exprlearn.sampling.numbering.ranking import typed_tokens

#: Nothing while tables are put together, where slots still name their language as -1 - language.
GAP = int(np.iinfo(np.int16).min)


def enumerate_skeletons(chart: CountChart, state: State) -> NDArray[np.int16]:
    """List the skeletons of a state in rank order: int16 [K, T], slots as ``-1 - language``, gaps at the right.

    A table is made of outer products of the tables of smaller sizes, which are kept meanwhile.
    """
    tables: dict[State, NDArray[np.int16]] = {}
    waiting = [state]
    while waiting:
        current = waiting[-1]
        choices = chart.choices(current).choices
        missing = {part: None for choice in choices for part in choice.parts if part not in tables}
        if missing:
            waiting.extend(missing)
            continue
        tables.setdefault(current, _stack(choices, tables))
        waiting.pop()
    return tables[state]


def _stack(choices: Sequence[DerivationChoice], tables: dict[State, NDArray[np.int16]]) -> NDArray[np.int16]:
    sizes = {part: int(tables[part].shape[1]) for choice in choices for part in choice.parts}
    widths = [_width(choice, sizes) for choice in choices]
    table = np.full((sum(choice.count for choice in choices), max(widths, default=0)), GAP, np.int16)
    start = 0
    for choice, width in zip(choices, widths, strict=True):
        _multiply(choice, tables, table[start : start + choice.count, :width])
        start += choice.count
    return close_gaps(table)


def _width(choice: DerivationChoice, widths: Mapping[State, int]) -> int:
    return sum(widths[item] if isinstance(item, tuple) else 1 for item in choice.items)


def _multiply(choice: DerivationChoice, tables: dict[State, NDArray[np.int16]], target: NDArray[np.int16]) -> None:
    """Write all skeletons of one choice into its rows: those of the first part the more significant digit."""
    # With a, b for the first part and x, y, z for the second, a grid of 2 x 3 has the rows ax, ay, az and bx, by, bz.
    grid = target.reshape(choice.count // choice.seconds, choice.seconds, target.shape[1])
    column, axis = 0, 1
    for item in choice.items:
        if isinstance(item, int):
            grid[:, :, column] = item
            column += 1
        else:
            piece = np.expand_dims(tables[item], axis)
            grid[:, :, column : column + piece.shape[2]] = piece
            column, axis = column + piece.shape[2], 0


def close_gaps(table: NDArray[np.int16]) -> NDArray[np.int16]:
    """Move the gaps that shorter parts have left to the right end of rows (n, length)."""
    # Sorting by "is a gap", stably: of a _ b _ c the flags 0 1 0 1 0 give the order 0 2 4 1 3, and so a b c _ _.
    gaps = table == GAP
    if not (gaps[:, :-1] & ~gaps[:, 1:]).any():
        return table
    closed: NDArray[np.int16] = np.take_along_axis(table, np.argsort(gaps, axis=1, kind="stable"), axis=1)
    return closed[:, : int((~gaps).sum(axis=1).max())]


Column = NDArray[np.int64]


@dataclass(frozen=True)
class _Parts:
    """Parts of expressions that one state writes: into which row, from which column on, and its skeleton's number."""

    rows: Column
    columns: Column
    numbers: Column

    def at(self, chosen: Column, shift: int, numbers: Column) -> _Parts:
        """Give those chosen on to a state that writes `shift` tokens further right."""
        return _Parts(self.rows[chosen], self.columns[chosen] + shift, numbers)


class Descent:
    """Writes skeletons of one state without a table of all."""

    def __init__(self, chart: CountChart, state: State) -> None:
        self._chart, self._state = chart, state
        self._order = parents_first(chart, state)
        self._widths: dict[State, int] = {}
        for current in reversed(self._order):
            self._widths[current] = max(_width(choice, self._widths) for choice in chart.choices(current).choices)

    def typed(self, numbers: NDArray[Any]) -> NDArray[np.int16]:
        """Write the skeletons of some numbers: int16 [n, T], slots as ``-1 - language``, gaps at the right.

        Numbers are int64 [n], or Python integers [n] where there are 2**63 skeletons and more: one is written by one.
        """
        if numbers.dtype == object:
            return self._typed_one_by_one(numbers.tolist())
        width = self._widths[self._state]
        tokens = np.full((len(numbers), width), GAP, np.int16)
        rows = np.arange(len(numbers), dtype=np.int64)
        waiting = {self._state: [_Parts(rows, np.zeros_like(rows), numbers)]}
        for state in self._order:
            for part, given in self._visit(state, waiting.pop(state, []), tokens):
                waiting.setdefault(part, []).append(given)
        return close_gaps(tokens)

    def _typed_one_by_one(self, numbers: list[int]) -> NDArray[np.int16]:
        tokens = np.full((len(numbers), self._widths[self._state]), GAP, np.int16)
        for row, number in enumerate(numbers):
            written = typed_tokens(self._chart, self._state, number)
            tokens[row, : len(written)] = written
        return tokens

    def _visit(self, state: State, found: list[_Parts], tokens: NDArray[np.int16]) -> Iterator[tuple[State, _Parts]]:
        """Write what a state writes itself, and hand on the rest."""
        if not found:
            return
        parts = _Parts(
            *(np.concatenate([getattr(each, name) for each in found]) for name in ("rows", "columns", "numbers"))
        )
        choices = self._chart.choices(state)
        ends = np.array(choices.ends, np.int64)
        which = np.searchsorted(ends, parts.numbers, side="right")
        order = np.argsort(which.astype(np.int16) if len(ends) < 2**15 else which, kind="stable")
        bounds = np.searchsorted(which[order], np.arange(len(ends) + 1))
        for number in np.flatnonzero(np.diff(bounds)).tolist():
            chosen = order[bounds[number] : bounds[number + 1]]
            before = choices.ends[number - 1] if number else 0
            yield from self._write(choices.choices[number], parts, chosen, before, tokens)

    def _write(
        self, choice: DerivationChoice, parts: _Parts, chosen: Column, before: int, tokens: NDArray[np.int16]
    ) -> Iterator[tuple[State, _Parts]]:
        """Write the tokens of one choice in their columns, and hand its parts on with theirs."""
        cells, starts = tokens.reshape(-1), parts.rows[chosen] * tokens.shape[1] + parts.columns[chosen]
        numbers = parts.numbers[chosen] - before
        first = numbers // choice.seconds
        column, rest = 0, iter((first, numbers - first * choice.seconds))
        for item in choice.items:
            if isinstance(item, int):
                cells[starts + column] = item
                column += 1
            else:
                yield item, parts.at(chosen, column, next(rest))
                column += self._widths[item]


def parents_first(chart: CountChart, state: State) -> list[State]:
    """Order a state and all that it is made of so that each comes before its parts."""
    finished: list[State] = []
    entered: set[State] = set()
    waiting = [(state, False)]
    while waiting:
        current, is_done = waiting.pop()
        if is_done:
            finished.append(current)
        elif current not in entered:
            entered.add(current)
            waiting.append((current, True))
            parts = {part for choice in chart.choices(current).choices for part in choice.parts}
            waiting.extend((part, False) for part in parts - entered)
    return finished[::-1]
