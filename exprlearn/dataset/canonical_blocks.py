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
from exprlearn.sampling.hashing import GOLDEN, mix_array

if TYPE_CHECKING:
    from exprlearn.sampling.block import Block

Words = NDArray[np.uint64]


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

    def put_sums(self, register: int, rows: NDArray[np.intp], added: Words, subtracted: Words) -> None:
        self.added[register, rows], self.subtracted[register, rows] = added, subtracted
        key = added + subtracted * np.uint64(canonical.SUBTRACTED)
        self.above[register, rows] = mix_array(key ^ np.uint64(canonical.FACTOR))

    def put_products(self, register: int, rows: NDArray[np.intp], above: Words, below: Words) -> None:
        self.above[register, rows], self.below[register, rows] = above, below
        key = above + below * np.uint64(canonical.BELOW)
        self.added[register, rows] = mix_array(key ^ np.uint64(canonical.PRODUCT))


def _commutative_keys(block: Block, programs: Programs) -> Words:
    shape = programs.registers, len(block.rows)
    sums = _Sums(*(np.zeros(shape, np.uint64) for _ in range(4)))
    every = np.arange(len(block.rows))
    operations, results = programs.operations[block.rows], programs.results[block.rows]
    left, right = programs.left[block.rows], programs.right[block.rows]
    with np.errstate(over="ignore"):
        for slot in range(programs.slots):
            _load(sums, slot, block.numbers[:, slot])
        for step in range(operations.shape[1]):
            _join(sums, programs.slots + step, operations[:, step], left[:, step], right[:, step])
        subtracted = sums.subtracted[results, every] * np.uint64(canonical.SUBTRACTED)
        keys: Words = sums.added[results, every] + subtracted
    return keys


def _load(sums: _Sums, slot: int, numbers: NDArray[np.int64]) -> None:
    """Enter a column of numbers; a negative one is the subtraction of its opposite."""
    keys, nothing = _number_keys(numbers), np.zeros(len(numbers), np.uint64)
    negative = numbers < 0
    rows = np.arange(len(numbers))
    sums.put_sums(slot, rows, np.where(negative, nothing, keys), np.where(negative, keys, nothing))


def _join(sums: _Sums, target: int, codes: NDArray[np.int8], left: NDArray[np.int16], right: NDArray[np.int16]) -> None:
    """Do one calculation of every row, on hash sums."""
    is_sum = (codes == ADD) | (codes == SUBTRACT) | (codes == NEGATE)
    rows = np.flatnonzero(is_sum)
    if rows.size:
        code, first, second = codes[rows], left[rows], right[rows]
        plain, opposite = sums.added[second, rows], sums.subtracted[second, rows]
        added, subtracted = np.where(code == ADD, plain, opposite), np.where(code == ADD, opposite, plain)
        alone = code == NEGATE
        added += np.where(alone, np.uint64(0), sums.added[first, rows])
        subtracted += np.where(alone, np.uint64(0), sums.subtracted[first, rows])
        sums.put_sums(target, rows, added, subtracted)
    rows = np.flatnonzero(~is_sum & (codes != NOTHING))
    if rows.size:
        times, first, second = codes[rows] == MULTIPLY, left[rows], right[rows]
        plain, opposite = sums.above[second, rows], sums.below[second, rows]
        above = sums.above[first, rows] + np.where(times, plain, opposite)
        below = sums.below[first, rows] + np.where(times, opposite, plain)
        sums.put_products(target, rows, above, below)
