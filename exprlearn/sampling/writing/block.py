"""Many expressions of one stratum at once: the default way to make data, where `stratum[i]` is the way to check it.

Their texts are written by the block: every token in a cell of equal width, then the blanks squeezed out. Nothing here
runs once per expression in Python; a block of 65 536 is a dozen NumPy calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exprlearn.counts import count_text
from exprlearn.grammar.languages import IntegerRange, Language
from exprlearn.sampling.numbering.neighbours import skeletons_decide
from exprlearn.sampling.ordering.permutation import (
    Limbs,
    join_arrays,
    join_digits,
    limb_groups,
    limb_sizes,
    split_array,
    split_objects,
)
from exprlearn.sampling.writing.skeletons import GAP, Descent, enumerate_skeletons

if TYPE_CHECKING:
    from exprlearn.plugin import OperatorSpec
    from exprlearn.sampling.stratum import Stratum

#: With more skeletons than this, a stratum has no table of all of them: each block has a table of its own, which takes
#: a microsecond an expression and no time at the start.
TABLE_ROWS = 1 << 18

#: A number slot, and nothing: what tokens hold besides indices of literals.
SLOT, NOTHING = -1, -2

# Ranges up to this size are written by a table of texts, larger ones number by number.
_TABLE_SIZE = 1 << 16
# Code points below this fit one byte, and bytes are several times faster to squeeze than whole code points.
_NARROW = 256
# Skeletons of a stratum of which is remembered whether they are canonical.
_MOST_KNOWN = 1 << 20

Element = TypeVar("Element", bound=np.generic)

Cells = NDArray[np.void]
"""Texts of at most `width` characters, one an element, blanks (code point 0) anywhere among them."""


@dataclass(frozen=True, eq=False)
class SkeletonTable:
    """Skeletons by row.

    Args:
        tokens: int16 [K, T]; an index into `literals`, -1 for a slot, -2 for nothing (at the right only).
        columns: int16 [K, slots]; the filler column of each slot from left to right.
        literals: the fixed texts.
        operators: what signs besides `+ - * /` stand for.

    >>> table = SkeletonTable(np.array([[-1, 0, -1]], np.int16), np.array([[0, 1]], np.int16), ("+",))
    >>> table.pattern(0)
    '#+#'
    """

    tokens: NDArray[np.int16]
    columns: NDArray[np.int16]
    literals: tuple[str, ...]
    operators: tuple[OperatorSpec, ...] = ()

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


def skeleton_table(
    typed: NDArray[np.int16], literals: tuple[str, ...], slots: int, operators: tuple[OperatorSpec, ...] = ()
) -> SkeletonTable:
    """Make the table of skeletons whose slots still name their language, as `enumerate_skeletons` lists them."""
    is_slot = (typed < 0) & (typed != GAP)
    languages = (-1 - typed[is_slot]).reshape(len(typed), slots)
    # Slots are numbered by language, within one from left to right: languages 0 1 0 stand in the order 0 2 1, so that
    # the slots have the columns 0 2 1; of 1 0 0, in the order 1 2 0, they have 2 0 1.
    columns = np.argsort(np.argsort(languages, axis=1, kind="stable"), axis=1).astype(np.int16)
    tokens = np.where(is_slot, np.int16(SLOT), np.where(typed == GAP, np.int16(NOTHING), typed))
    return SkeletonTable(tokens, columns, literals, operators)


@dataclass(frozen=True, eq=False)
class Block:
    """n expressions of one stratum.

    Args:
        stratum: what they are drawn from.
        skeletons: token patterns: all those of the stratum, the same object in every block, or those of this block.
        rows: int64 [n], the row of `skeletons` of each expression.
        fillers: int64 [n, slots], the index into the language of each filler column of the stratum.
        limbs: the index of each expression within the stratum.
    """

    stratum: Stratum
    skeletons: SkeletonTable
    rows: NDArray[np.int64]
    fillers: NDArray[np.int64]
    limbs: Limbs

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """The values of the numbers of each expression, from left to right; int64 [n, slots]."""
        values = np.empty(self.fillers.shape, np.int64)
        for column, language in enumerate(self.stratum.slots):
            values[:, column] = language.values(self.fillers[:, column])
        return self.skeletons.from_left_to_right(values, self.rows)

    @cached_property
    def expressions(self) -> NDArray[np.str_]:
        """The texts; `'<U'` [n]."""
        return self.stratum.tables.write(self.skeletons, self.rows, self.fillers)

    @cached_property
    def indices(self) -> list[int]:
        """The index of each expression within the stratum, as Python integers."""
        return join_arrays(self.limbs, limb_sizes(self.stratum.all_radices))

    @cached_property
    def canonical(self) -> NDArray[np.bool_]:
        """Tell which rows have the least of the indices that write their expression; bool [n]."""
        if not self.stratum.is_ambiguous or not len(self):
            return np.ones(len(self), bool)
        if skeletons_decide(self.stratum.chart.specification):
            # One row of each skeleton decides for all.
            _, first, which = np.unique(self.rows, return_index=True, return_inverse=True)
            return self.chosen(first)._canonical_skeletons()[which]
        return np.array([self._is_canonical(row) for row in range(len(self))], bool)

    def _canonical_skeletons(self) -> NDArray[np.bool_]:
        known = self.stratum.tables.canonical
        if len(known) > _MOST_KNOWN:
            known.clear()
        skeletons = [index // self.stratum.fillings for index in self.indices]
        for row, skeleton in enumerate(skeletons):
            if skeleton not in known:
                known[skeleton] = self._is_canonical(row)
        return np.array([known[skeleton] for skeleton in skeletons], bool)

    def _is_canonical(self, row: int) -> bool:
        """Tell whether no derivation of an expression has an index below this one."""
        rank = self.stratum.ranker.rank(str(self.expressions[row]))
        return (rank.vector, rank.index) == (self.stratum.state[1], self.indices[row])

    def chosen(self, rows: NDArray[np.intp]) -> Block:
        """Keep some rows, intp [m], whose texts are not written before they are asked for."""
        limbs = tuple(limb[rows] for limb in self.limbs)
        block = replace(self, rows=self.rows[rows], fillers=self.fillers[rows], limbs=limbs)
        if "canonical" in vars(self):
            vars(block)["canonical"] = self.canonical[rows]
        return block


def make_block(stratum: Stratum, indices: ArrayLike | Limbs) -> Block:
    """Make the expressions at some indices of a stratum.

    Indices are an integer array [n]; past 2**63 Python integers, or a tuple of limbs with the sizes
    `limb_sizes(stratum.all_radices)`. IndexError says that one is negative, too large or no whole number.
    """
    radices = stratum.all_radices
    limbs = indices if isinstance(indices, tuple) else _limbs(indices, limb_sizes(radices))
    digits: list[NDArray[Any]] = []
    for limb, group in zip(limbs, limb_groups(radices), strict=True):
        split = split_array(limb, group)
        if limb.size and not 0 <= int(split[0].min()) <= int(split[0].max()) < group[0]:
            raise IndexError(f"an index is outside of the {count_text(stratum.size)} expressions with {stratum.sizes}")
        digits.extend(split)
    table, rows = stratum.tables.find(digits[0])
    # A filler column after the other, for they are looked at one by one.
    fillers = np.stack(digits[1:]).T if digits[1:] else np.empty((len(rows), 0), np.int64)
    return Block(stratum, table, rows, fillers, limbs)


def fill_skeletons(stratum: Stratum, skeletons: NDArray[np.int64], fillers: NDArray[np.int64]) -> Block:
    """Make the expressions of some skeletons, int64 [n], with numbers filled in.

    `fillers`, int64 [n, slots], holds the index of each number in its language, from left to right.
    """
    table, rows = stratum.tables.find(skeletons)
    columns = np.empty_like(fillers)
    np.put_along_axis(columns, table.columns[rows].astype(np.intp), fillers, axis=1)
    digits, limbs = [skeletons, *columns.T], []
    for group in limb_groups(stratum.all_radices):
        limbs.append(join_digits(digits[: len(group)], group))
        digits = digits[len(group) :]
    return Block(stratum, table, rows, columns, tuple(limbs))


def _limbs(indices: ArrayLike, sizes: Sequence[int]) -> Limbs:
    # Left to itself, NumPy reads a list with numbers on both sides of 2**63 as floats.
    array: NDArray[Any] = indices if isinstance(indices, np.ndarray) else np.array(indices, object)
    if array.dtype == np.int64:
        return split_array(array, sizes)
    numbers: list[object] = array.tolist()
    if odd := [number for number in numbers if not isinstance(number, int)]:
        raise IndexError(f"positions are whole numbers, got {odd[0]!r}")
    return split_objects(cast("list[int]", numbers), sizes)


class StratumTables:
    """What all blocks of a stratum share: its skeletons, how texts are written, and what is known of its indices."""

    def __init__(self, stratum: Stratum) -> None:
        self._literals, self._slots = stratum.literals, len(stratum.slots)
        self._operators = stratum.calculated_by
        self.canonical: dict[int, bool] = {}
        self._table: SkeletonTable | None = None
        if stratum.skeleton_count <= TABLE_ROWS:
            self._table = self._untyped(enumerate_skeletons(stratum.chart, stratum.state))
        else:
            self._descent = Descent(stratum.chart, stratum.state)
        self.write = Writer(stratum.literals, stratum.slots).write

    def find(self, numbers: NDArray[Any]) -> tuple[SkeletonTable, NDArray[np.int64]]:
        """Find skeletons by their numbers, [n]: a table, and the row of each in it, int64 [n]."""
        if self._table is not None:
            return self._table, numbers
        return self._untyped(self._descent.typed(numbers)), np.arange(len(numbers), dtype=np.int64)

    def _untyped(self, typed: NDArray[np.int16]) -> SkeletonTable:
        return skeleton_table(typed, self._literals, self._slots, self._operators)


class Writer:
    """Writes the expressions of one stratum, given its fixed texts and the language of each filler column."""

    def __init__(self, literals: Sequence[str], slots: Sequence[Language]) -> None:
        self._slots = tuple(slots)
        self._width = max([1, *map(len, literals), *(language.longest for language in slots)])
        # Many slots have one language, whose texts are listed once; any but a large range holds them in memory anyway.
        languages = {each.name: each for each in slots}
        texts = {
            name: each.texts(np.arange(each.size))
            for name, each in languages.items()
            if not isinstance(each, IntegerRange) or each.size <= _TABLE_SIZE
        }
        written = "".join([*literals, *(text for column in texts.values() for text in column.tolist())])
        self._code = np.dtype(np.uint8 if ord(max(written, default="0")) < _NARROW else np.uint32)
        self._tables = {name: self._cells(column) for name, column in texts.items()}
        # Behind the literals come the tokens -1 (a slot) and -2 (nothing), where negative indices find them: blank.
        self._literals = self._cells(np.array([*literals, "", ""]))

    def write(self, table: SkeletonTable, rows: NDArray[np.int64], fillers: NDArray[np.int64]) -> NDArray[np.str_]:
        """Write expressions: `'<U'` [n], as wide as the longest.

        Args:
            table: the skeletons.
            rows: int64 [n], a row of the table for each expression.
            fillers: int64 [n, slots], an index into the language of each filler column.
        """
        # With cells of two characters and blanks shown as dots, 7+12 goes from its tokens, # + #, to the cells of its
        # fixed texts, .. +. .., then to those of all its tokens, 7. +. 12, and without blanks to 7+12.
        tokens = table.tokens.take(rows, axis=0)
        cells = self._literals.take(tokens, mode="wrap")
        if table.slots:
            starts = np.arange(len(rows), dtype=np.int64)[:, None] * tokens.shape[1]
            cells.reshape(-1)[starts + table.slot_places.take(rows, axis=0)] = self._numbers(table, rows, fillers)
        return _squeeze(cells.view(self._code))

    def _numbers(self, table: SkeletonTable, rows: NDArray[np.int64], fillers: NDArray[np.int64]) -> Cells:
        """Write the numbers from left to right; cells [n, slots]."""
        cells = np.empty(fillers.shape, self._literals.dtype)
        for column, language in enumerate(self._slots):
            indices = fillers[:, column]
            if language.name in self._tables:
                cells[:, column] = self._tables[language.name].take(indices)
            else:
                cells[:, column] = self._cells(language.values(indices).astype(f"<U{language.longest}"))
        return table.from_left_to_right(cells, rows)

    def _cells(self, texts: NDArray[np.str_]) -> Cells:
        """Join the code points of each text into one element that is copied as a whole."""
        codes = texts.astype(f"<U{self._width}").view(np.uint32).reshape(len(texts), self._width)
        size = self._width * self._code.itemsize
        whole = next((room for room in (1, 2, 4, 8) if room >= size), size)
        padded = np.zeros((len(codes), whole // self._code.itemsize), self._code)
        padded[:, : self._width] = codes
        return padded.view(f"u{whole}" if whole <= 8 else f"V{whole}").reshape(-1)


def _squeeze(codes: NDArray[np.unsignedinteger]) -> NDArray[np.str_]:
    """Drop the blanks of each row of code points, [n, w], and read the rows as text."""
    written = codes != 0
    lengths = written.sum(axis=1, dtype=np.min_scalar_type(codes.shape[1]))
    longest = max(1, int(lengths.max(initial=0)))
    squeezed = np.zeros((len(codes), longest), np.uint32)
    # Compared in the type of the lengths, most often bytes.
    inside = np.arange(longest, dtype=lengths.dtype) < lengths[:, None]
    squeezed[inside] = np.compress(written.reshape(-1), codes.reshape(-1))
    return squeezed.view(f"<U{longest}").reshape(-1)
