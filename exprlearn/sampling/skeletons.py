"""Every skeleton of a stratum as one matrix of tokens, in rank order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.choices import Choice, State
from exprlearn.sampling.counting import Chart

#: A number slot, and nothing: what tokens hold besides indices of literals.
SLOT, NOTHING = -1, -2

Element = TypeVar("Element", bound=np.generic)

#: Nothing while tables are put together, where slots still name their language as -1 - language.
GAP = int(np.iinfo(np.int16).min)


@dataclass(frozen=True, eq=False)
class SkeletonTable:
    """Skeletons by row.

    Args:
        tokens: int16 [K, T]; an index into `literals`, -1 for a slot, -2 for nothing (at the right only).
        columns: int16 [K, slots]; the filler column of each slot from left to right.
        literals: the fixed texts.

    >>> table = SkeletonTable(np.array([[-1, 0, -1]], np.int16), np.array([[0, 1]], np.int16), ("+",))
    >>> table.pattern(0)
    '#+#'
    """

    tokens: NDArray[np.int16]
    columns: NDArray[np.int16]
    literals: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.tokens)

    def pattern(self, row: int) -> str:
        """Write a skeleton with `#` for every slot."""
        return "".join(
            "#" if token == SLOT else self.literals[token] for token in self.tokens[row].tolist() if token != NOTHING
        )

    @property
    def slots(self) -> int:
        """How many slots each skeleton has."""
        return int(self.columns.shape[1])

    @cached_property
    def columns_are_in_order(self) -> bool:
        """Whether filler columns are numbered from left to right in every skeleton."""
        return bool((self.columns == np.arange(self.slots)).all())

    def from_left_to_right(self, columns: NDArray[Element], rows: NDArray[np.int64]) -> NDArray[Element]:
        """Reorder filler columns, [n, slots], as the slots stand in the skeletons of these rows, int64 [n]."""
        if self.columns_are_in_order:
            return columns
        ordered: NDArray[Element] = np.take_along_axis(columns, self.columns[rows].astype(np.intp), axis=1)
        return ordered

    @cached_property
    def slot_places(self) -> NDArray[np.int16]:
        """Where in `tokens` the slots stand, from left to right; int16 [K, slots]."""
        places = np.nonzero(self.tokens == SLOT)[1]
        return places.reshape(self.columns.shape).astype(np.int16)


def skeleton_table(typed: NDArray[np.int16], literals: tuple[str, ...], slots: int) -> SkeletonTable:
    """Make the table of skeletons whose slots still name their language, as `enumerate_skeletons` lists them."""
    is_slot = (typed < 0) & (typed != GAP)
    languages = (-1 - typed[is_slot]).reshape(len(typed), slots)
    tokens = np.where(is_slot, np.int16(SLOT), np.where(typed == GAP, np.int16(NOTHING), typed))
    return SkeletonTable(tokens, _columns(languages), literals)


def _columns(languages: NDArray[np.int16]) -> NDArray[np.int16]:
    """Number slots by language, within a language from left to right."""
    columns = np.empty_like(languages)
    order = np.argsort(languages, axis=1, kind="stable")
    np.put_along_axis(columns, order, np.arange(languages.shape[1], dtype=np.int16)[None, :], axis=1)
    return columns


def enumerate_skeletons(chart: Chart, state: State) -> NDArray[np.int16]:
    """List the skeletons of a state in rank order: int16 [K, T], slots as ``-1 - language``, gaps at the right.

    A table is made of outer products of the tables of smaller sizes, which are kept meanwhile.
    """
    tables: dict[State, NDArray[np.int16]] = {}
    waiting = [state]
    while waiting:
        current = waiting[-1]
        choices = chart.choices(current).choices
        missing = {part: None for choice in choices for part in parts_of(choice) if part not in tables}
        if missing:
            waiting.extend(missing)
            continue
        tables.setdefault(current, _stack(choices, tables))
        waiting.pop()
    return tables[state]


def parts_of(choice: Choice) -> list[State]:
    """List the states that a choice is made of, from left to right."""
    return [part for part in (choice.first, choice.second) if part is not None]


def _stack(choices: Sequence[Choice], tables: dict[State, NDArray[np.int16]]) -> NDArray[np.int16]:
    widths = [_width(choice, tables) for choice in choices]
    count = sum(choice.count for choice in choices)
    table = np.full((count, max(widths, default=0)), GAP, np.int16)
    start = 0
    for choice, width in zip(choices, widths, strict=True):
        _multiply(choice, tables, table[start : start + choice.count, :width])
        start += choice.count
    return close_gaps(table)


def _width(choice: Choice, tables: dict[State, NDArray[np.int16]]) -> int:
    fixed = len(choice.before) + len(choice.between) + len(choice.after)
    return fixed + sum(int(tables[part].shape[1]) for part in parts_of(choice))


def _multiply(choice: Choice, tables: dict[State, NDArray[np.int16]], target: NDArray[np.int16]) -> None:
    """Write all skeletons of one choice into its rows: those of the first part the more significant digit."""
    grid = target.reshape(choice.count // choice.seconds, choice.seconds, target.shape[1])
    pieces: list[NDArray[np.int16]] = [np.array(choice.before, np.int16)]
    if choice.first is not None:
        pieces += [tables[choice.first][:, None, :], np.array(choice.between, np.int16)]
    if choice.second is not None:
        pieces += [tables[choice.second][None, :, :], np.array(choice.after, np.int16)]
    place = 0
    for piece in pieces:
        grid[:, :, place : place + piece.shape[-1]] = piece
        place += piece.shape[-1]


def close_gaps(table: NDArray[np.int16]) -> NDArray[np.int16]:
    """Move the gaps that shorter parts have left to the right end."""
    gaps = table == GAP
    if not (gaps[:, :-1] & ~gaps[:, 1:]).any():
        return table
    closed: NDArray[np.int16] = np.take_along_axis(table, np.argsort(gaps, axis=1, kind="stable"), axis=1)
    return closed[:, : int((~gaps).sum(axis=1).max())]
