"""The keys of `canonical`, for whole blocks at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import Programs
from exprlearn.arithmetic.programs import ADD, MULTIPLY, NEGATE, NOTHING, SUBTRACT
from exprlearn.dataset import canonical
from exprlearn.dataset.canonical import Level
from exprlearn.sampling.ordering.hashing import GOLDEN, mix_array

if TYPE_CHECKING:
    from exprlearn.sampling.writing.block import Block

Words = NDArray[np.uint64]
Rows = NDArray[np.intp]

_ALL = slice(None)


def canonical_keys(block: Block, programs: Programs, level: Level = "commutative") -> Words:
    """Compute the key of every expression of a block; uint64 [n], equal to `canonical_key` of each.

    Args:
        block: n expressions.
        programs: the calculations of its skeletons.
        level: what expressions with the same key have in common.
    """
    if level == "string":
        return text_keys(block.expressions)
    if level == "operands":
        operands = mix_array(_number_keys(block.numbers) ^ np.uint64(canonical.OPERAND))
        keys = mix_array(operands.sum(axis=1, dtype=np.uint64))
    else:
        keys = _commutative_keys(block, programs)
    for row in np.flatnonzero(programs.by_text[block.rows]).tolist():
        keys[row] = canonical.canonical_key(str(block.expressions[row]), level)
    return keys


def text_keys(texts: NDArray[np.str_]) -> Words:
    """Hash a column of texts; uint64 [n].

    >>> int(text_keys(np.array(["1+2"]))[0]) == canonical.canonical_key("1+2", "string")
    True
    """
    width = max(1, -(-texts.dtype.itemsize // 8))
    words = texts.astype(f"<U{2 * width}").view(np.uint64).reshape(len(texts), width)
    with np.errstate(over="ignore"):
        places = np.arange(1, width + 1, dtype=np.uint64) * np.uint64(GOLDEN)
        hashed = mix_array((words + places) ^ np.uint64(canonical.TEXT))
        return mix_array(np.where(words == 0, np.uint64(0), hashed).sum(axis=1, dtype=np.uint64))


def _number_keys(numbers: NDArray[np.int64]) -> Words:
    return mix_array(np.abs(numbers).astype(np.uint64) ^ np.uint64(canonical.NUMBER))


@dataclass(frozen=True, eq=False)
class _Sums:
    """The four hash sums of every register; uint64 [R, n] each."""

    added: Words
    subtracted: Words
    above: Words
    below: Words

    def put_sums(self, register: int, rows: Rows | slice, added: Words, subtracted: Words) -> None:
        self.added[register, rows], self.subtracted[register, rows] = added, subtracted
        key = added + subtracted * np.uint64(canonical.SUBTRACTED)
        self.above[register, rows] = mix_array(key ^ np.uint64(canonical.FACTOR))

    def put_products(self, register: int, rows: Rows, above: Words, below: Words) -> None:
        self.above[register, rows], self.below[register, rows] = above, below
        key = above + below * np.uint64(canonical.BELOW)
        self.added[register, rows] = mix_array(key ^ np.uint64(canonical.PRODUCT))


def _commutative_keys(block: Block, programs: Programs) -> Words:
    shape = programs.registers, len(block.rows)
    sums = _Sums(*(np.zeros(shape, np.uint64) for _ in range(4)))
    operations, left, right = (codes.take(block.rows, axis=1) for codes in programs.by_step)
    with np.errstate(over="ignore"):
        for slot in range(programs.slots):
            _load(sums, slot, block.numbers[:, slot])
        for step, codes in enumerate(operations):
            _join(sums, programs.slots + step, codes, left[step], right[step])
        cells = _cells(programs.results.take(block.rows), np.arange(len(block.rows)), len(block.rows))
        keys: Words = sums.added.take(cells) + sums.subtracted.take(cells) * np.uint64(canonical.SUBTRACTED)
    return keys


def _load(sums: _Sums, slot: int, numbers: NDArray[np.int64]) -> None:
    """Enter a column of numbers; a negative one is the subtraction of its opposite."""
    keys, nothing = _number_keys(numbers), np.zeros(len(numbers), np.uint64)
    negative = numbers < 0
    if negative.any():
        sums.put_sums(slot, _ALL, np.where(negative, nothing, keys), np.where(negative, keys, nothing))
    else:
        sums.put_sums(slot, _ALL, keys, nothing)


def _cells(registers: NDArray[np.int16], rows: NDArray[np.intp], count: int) -> NDArray[np.int64]:
    """Find registers of some of `count` rows, laid out one register after the other; int64 [m]."""
    return registers * np.int64(count) + rows


def _join(sums: _Sums, target: int, codes: NDArray[np.int8], left: NDArray[np.int16], right: NDArray[np.int16]) -> None:
    """Do one calculation of every row, on hash sums."""
    is_sum = (codes == ADD) | (codes == SUBTRACT) | (codes == NEGATE)
    for rows, put in ((np.flatnonzero(is_sum), _add), (np.flatnonzero(~is_sum & (codes != NOTHING)), _multiply)):
        if rows.size:
            first, second = (_cells(registers.take(rows), rows, len(codes)) for registers in (left, right))
            put(sums, target, rows, codes.take(rows), first, second)


def _add(sums: _Sums, target: int, rows: Rows, codes: NDArray[np.int8], first: Rows, second: Rows) -> None:
    plain, opposite = sums.added.take(second), sums.subtracted.take(second)
    adds = codes == ADD
    added, subtracted = np.where(adds, plain, opposite), np.where(adds, opposite, plain)
    before, taken = sums.added.take(first), sums.subtracted.take(first)
    alone = codes == NEGATE
    if alone.any():
        before, taken = np.where(alone, np.uint64(0), before), np.where(alone, np.uint64(0), taken)
    sums.put_sums(target, rows, added + before, subtracted + taken)


def _multiply(sums: _Sums, target: int, rows: Rows, codes: NDArray[np.int8], first: Rows, second: Rows) -> None:
    plain, opposite = sums.above.take(second), sums.below.take(second)
    times = codes == MULTIPLY
    above = sums.above.take(first) + np.where(times, plain, opposite)
    below = sums.below.take(first) + np.where(times, opposite, plain)
    sums.put_products(target, rows, above, below)
