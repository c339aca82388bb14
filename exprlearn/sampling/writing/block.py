"""Many expressions of one stratum at once: the default way to make data, where `stratum[i]` is the way to check it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exprlearn.grammar.languages import count_text
from exprlearn.sampling.numbering.canonical_index import is_canonical, skeletons_decide
from exprlearn.sampling.ordering.permutation import (
    Limbs,
    join_arrays,
    limb_groups,
    limb_sizes,
    split_array,
    split_objects,
)
from exprlearn.sampling.writing.skeletons import Descent, SkeletonTable, enumerate_skeletons, skeleton_table
from exprlearn.sampling.writing.writer import Writer

if TYPE_CHECKING:
    from exprlearn.sampling.stratum import Stratum

#: With more skeletons than this, a stratum has no table of all of them: each block has a table of its own, which takes
#: a microsecond an expression and no time at the start.
TABLE_ROWS = 1 << 18

# Skeletons of a stratum of which is remembered whether they are canonical.
_MOST_KNOWN = 1 << 20


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
        return _plan(self.stratum).write(self.skeletons, self.rows, self.fillers)

    @property
    def indices(self) -> list[int]:
        """The index of each expression within the stratum, as Python integers."""
        return join_arrays(self.limbs, limb_sizes(_radices(self.stratum)))

    @cached_property
    def canonical(self) -> NDArray[np.bool_]:
        """Tell which rows have the least of the indices that write their expression; bool [n]."""
        if not self.stratum.is_ambiguous or not len(self):
            return np.ones(len(self), bool)
        if skeletons_decide(self.stratum.chart.specification):
            # One row of each skeleton decides for all.
            _, first, which = np.unique(self.rows, return_index=True, return_inverse=True)
            return self.chosen(first)._canonical_skeletons()[which]
        pairs = zip(self.expressions.tolist(), self.indices, strict=True)
        return np.array([is_canonical(self.stratum, expression, index) for expression, index in pairs], bool)

    def _canonical_skeletons(self) -> NDArray[np.bool_]:
        known = _plan(self.stratum).canonical
        if len(known) > _MOST_KNOWN:
            known.clear()
        skeletons = [index // self.stratum.fillings for index in self.indices]
        for row, skeleton in enumerate(skeletons):
            if skeleton not in known:
                known[skeleton] = is_canonical(self.stratum, str(self.expressions[row]), self.indices[row])
        return np.array([known[skeleton] for skeleton in skeletons], bool)

    def chosen(self, rows: NDArray[np.intp]) -> Block:
        """Keep some rows, intp [m], whose texts are not written before they are asked for."""
        limbs = tuple(limb[rows] for limb in self.limbs)
        block = replace(self, rows=self.rows[rows], fillers=self.fillers[rows], limbs=limbs)
        if "canonical" in vars(self):
            vars(block)["canonical"] = self.canonical[rows]
        return block


def make_block(stratum: Stratum, indices: ArrayLike | Limbs) -> Block:
    """Make the expressions at some indices of a stratum.

    Args:
        stratum: the stratum.
        indices: an integer array [n]; past 2**63 as Python integers, or as a tuple of limbs with the
            sizes `limb_sizes((skeleton_count, *radices))`.

    Raises:
        IndexError: an index is negative, too large or no whole number.
    """
    radices = _radices(stratum)
    limbs = indices if isinstance(indices, tuple) else _limbs(indices, limb_sizes(radices))
    digits: list[NDArray[Any]] = []
    for limb, group in zip(limbs, limb_groups(radices), strict=True):
        split = split_array(limb, group)
        if limb.size and not 0 <= int(split[0].min()) <= int(split[0].max()) < group[0]:
            raise IndexError(f"an index is outside of the {count_text(stratum.size)} expressions with {stratum.sizes}")
        digits.extend(split)
    table, rows = _plan(stratum).skeletons(digits[0])
    # A filler column after the other, for they are looked at one by one.
    fillers = np.stack(digits[1:]).T if digits[1:] else np.empty((len(rows), 0), np.int64)
    return Block(stratum, table, rows, fillers, limbs)


def fill_skeletons(stratum: Stratum, skeletons: NDArray[np.int64], fillers: NDArray[np.int64]) -> Block:
    """Make the expressions of some skeletons with numbers filled in.

    Args:
        stratum: the stratum.
        skeletons: int64 [n], skeletons by number.
        fillers: int64 [n, slots], the index of each number in its language, from left to right.
    """
    table, rows = _plan(stratum).skeletons(skeletons)
    columns = np.empty_like(fillers)
    np.put_along_axis(columns, table.columns[rows].astype(np.intp), fillers, axis=1)
    digits, radices = [skeletons, *columns.T], _radices(stratum)
    limbs = []
    for group in limb_groups(radices):
        limb, *rest = digits[: len(group)]
        for digit, radix in zip(rest, group[1:], strict=True):
            limb = limb * np.int64(radix) + digit
        limbs.append(limb)
        digits = digits[len(group) :]
    return Block(stratum, table, rows, columns, tuple(limbs))


def _radices(stratum: Stratum) -> tuple[int, ...]:
    return stratum.skeleton_count, *stratum.radices


def _limbs(indices: ArrayLike, sizes: Sequence[int]) -> Limbs:
    # Left to itself, NumPy reads a list with numbers on both sides of 2**63 as floats.
    array: NDArray[Any] = indices if isinstance(indices, np.ndarray) else np.array(indices, object)
    if array.dtype == np.int64:
        return split_array(array, sizes)
    numbers: list[object] = array.tolist()
    if odd := [number for number in numbers if not isinstance(number, int)]:
        raise IndexError(f"positions are whole numbers, got {odd[0]!r}")
    return split_objects(cast("list[int]", numbers), sizes)


class _Plan:
    """What all blocks of a stratum share."""

    def __init__(self, stratum: Stratum) -> None:
        self._literals, self._slots = stratum.literals, len(stratum.slots)
        self.canonical: dict[int, bool] = {}
        self._table: SkeletonTable | None = None
        if stratum.skeleton_count <= TABLE_ROWS:
            self._table = self._untyped(enumerate_skeletons(stratum.chart, stratum.state))
        else:
            self._descent = Descent(stratum.chart, stratum.state)
        self.write = Writer(stratum.literals, stratum.slots).write

    def skeletons(self, numbers: NDArray[Any]) -> tuple[SkeletonTable, NDArray[np.int64]]:
        """Find skeletons by their numbers (n,): a table, and the row (n,) of each in it."""
        if self._table is not None:
            return self._table, numbers
        return self._untyped(self._descent.typed(numbers)), np.arange(len(numbers), dtype=np.int64)

    def _untyped(self, typed: NDArray[np.int16]) -> SkeletonTable:
        return skeleton_table(typed, self._literals, self._slots)


_PLANS: WeakKeyDictionary[Stratum, _Plan] = WeakKeyDictionary()


def _plan(stratum: Stratum) -> _Plan:
    plan = _PLANS.get(stratum)
    if plan is None:
        plan = _PLANS[stratum] = _Plan(stratum)
    return plan
