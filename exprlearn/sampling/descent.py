"""Skeletons by number without a table of all of them, for strata that have too many.

All numbers of a block descend through the choices of the chart together: each state is visited once, with every part
of every expression that it has to write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.choices import Choice, State
from exprlearn.sampling.counting import Chart
from exprlearn.sampling.skeletons import GAP, close_gaps, parts_of
from exprlearn.sampling.unranking import typed_tokens

Column = NDArray[np.int64]


@dataclass(frozen=True)
class _Parts:
    """Parts of expressions that one state writes: into which row, from which place on, and its skeleton's number."""

    rows: Column
    places: Column
    numbers: Column

    def at(self, chosen: Column, shift: int, numbers: Column) -> _Parts:
        """Give those chosen on to a state that writes `shift` tokens further right."""
        return _Parts(self.rows[chosen], self.places[chosen] + shift, numbers)


class Descent:
    """Writes skeletons of one state.

    Args:
        chart: the counts of a grammar.
        state: the rule and size vector.
    """

    def __init__(self, chart: Chart, state: State) -> None:
        self._chart, self._state = chart, state
        self._order = parents_first(chart, state)
        self._widths: dict[State, int] = {}
        for current in reversed(self._order):
            self._widths[current] = max(map(self._width, chart.choices(current).choices))

    def typed(self, numbers: NDArray[Any]) -> NDArray[np.int16]:
        """Write the skeletons of some numbers.

        Args:
            numbers: int64 [n], or Python integers [n] where there are 2**63 skeletons and more: these are written one
                by one.

        Returns:
            int16 [n, T], slots as ``-1 - language``, gaps at the right.
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
            *(np.concatenate([getattr(each, name) for each in found]) for name in ("rows", "places", "numbers"))
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
        self, choice: Choice, parts: _Parts, chosen: Column, before: int, tokens: NDArray[np.int16]
    ) -> Iterator[tuple[State, _Parts]]:
        starts = parts.rows[chosen] * tokens.shape[1] + parts.places[chosen]
        for shift, token in self._fixed(choice):
            tokens.reshape(-1)[starts + shift] = token
        if choice.first is None:
            return
        numbers = parts.numbers[chosen] - before
        first = numbers // choice.seconds
        yield choice.first, parts.at(chosen, len(choice.before), first)
        if choice.second is not None:
            shift = len(choice.before) + self._widths[choice.first] + len(choice.between)
            yield choice.second, parts.at(chosen, shift, numbers - first * choice.seconds)

    def _fixed(self, choice: Choice) -> Iterator[tuple[int, int]]:
        """List where a choice writes which tokens of its own."""
        place = 0
        for run, part in (choice.before, choice.first), (choice.between, choice.second), (choice.after, None):
            yield from enumerate(run, place)
            place += len(run) + (self._widths[part] if part is not None else 0)

    def _width(self, choice: Choice) -> int:
        fixed = len(choice.before) + len(choice.between) + len(choice.after)
        return fixed + sum(self._widths[part] for part in parts_of(choice))


def parents_first(chart: Chart, state: State) -> list[State]:
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
            parts = {part for choice in chart.choices(current).choices for part in parts_of(choice)}
            waiting.extend((part, False) for part in parts - entered)
    return finished[::-1]
