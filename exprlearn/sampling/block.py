"""Many expressions of one stratum at once: the default way to make data, where `stratum[i]` is the way to check it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exprlearn.errors import SizeError
from exprlearn.sampling.feistel import Limbs
from exprlearn.sampling.limbs import join_arrays, limb_groups, limb_sizes, split_array, split_objects
from exprlearn.sampling.skeletons import SkeletonTable, enumerate_skeletons, skeleton_table
from exprlearn.sampling.stratum import Stratum
from exprlearn.sampling.writing import Writer

#: With more skeletons than this, a stratum has no table of all of them.
TABLE_ROWS = 2_000_000


@dataclass(frozen=True, eq=False)
class Block:
    """n expressions of one stratum.

    Args:
        stratum: what they are drawn from.
        skeletons: their token patterns.
        rows: int64 [n], the row of `skeletons` of each expression.
        fillers: int64 [n, slots], the index into the language of each filler column of the stratum.
        limbs: the index of each expression within the stratum, as one or more int64 [n].
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
        return _plan(self.stratum).writer.write(self.skeletons, self.rows, self.fillers)

    @property
    def indices(self) -> list[int]:
        """The index of each expression within the stratum, as Python integers."""
        return join_arrays(self.limbs, limb_sizes(_radices(self.stratum)))


def make_block(stratum: Stratum, positions: ArrayLike | Limbs) -> Block:
    """Make the expressions at some indices of a stratum.

    Args:
        stratum: the stratum.
        positions: indices as an integer array [n]; past 2**63 as Python integers, or as a tuple of limbs, int64 [n]
            each, with the sizes `limb_sizes((skeleton_count, *radices))`.

    Raises:
        IndexError: an index is negative or too large.
        SizeError: the stratum has too many skeletons for a table.
    """
    radices = _radices(stratum)
    limbs = positions if isinstance(positions, tuple) else _limbs(positions, limb_sizes(radices))
    digits: list[NDArray[np.int64]] = []
    for limb, group in zip(limbs, limb_groups(radices), strict=True):
        split = split_array(limb, group)
        if limb.size and not 0 <= int(split[0].min()) <= int(split[0].max()) < group[0]:
            raise IndexError(f"an index is outside of the {stratum.size} expressions with {stratum.sizes}")
        digits.extend(split)
    fillers = np.stack(digits[1:], axis=1) if digits[1:] else np.empty((len(digits[0]), 0), np.int64)
    return Block(stratum, _plan(stratum).table, digits[0], fillers, limbs)


def _radices(stratum: Stratum) -> tuple[int, ...]:
    return stratum.skeleton_count, *stratum.radices


def _limbs(positions: ArrayLike, sizes: Sequence[int]) -> Limbs:
    array: NDArray[Any] = np.asarray(positions)
    if array.dtype == np.int64:
        return split_array(array, sizes)
    numbers: list[object] = array.tolist()
    if not all(isinstance(number, int) for number in numbers):
        raise IndexError(f"positions are whole numbers, got {array.dtype}")
    return split_objects(cast("list[int]", numbers), sizes)


class _Plan:
    """What all blocks of a stratum share."""

    def __init__(self, stratum: Stratum) -> None:
        if stratum.skeleton_count > TABLE_ROWS:
            raise SizeError(
                f"{stratum.skeleton_count} skeletons with {stratum.sizes} are more than the {TABLE_ROWS} of a table: "
                "ask for fewer terms or brackets, or take expressions one by one"
            )
        typed = enumerate_skeletons(stratum.chart, stratum.state)
        self.table = skeleton_table(typed, stratum.literals, len(stratum.slots))
        self.writer = Writer(stratum.literals, stratum.slots)


_PLANS: WeakKeyDictionary[Stratum, _Plan] = WeakKeyDictionary()


def _plan(stratum: Stratum) -> _Plan:
    plan = _PLANS.get(stratum)
    if plan is None:
        plan = _PLANS[stratum] = _Plan(stratum)
    return plan
