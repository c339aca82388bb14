"""One key for all expressions that say the same: what splits, duplicates and leaks are told by.

Levels, from fine to coarse:

    string       the text itself
    commutative  the order of terms and factors does not count, nor do brackets that change nothing:
                 `1+(2+3)` and `(3+1)+2` share a key, `3-5` and `5-3` do not
    operands     only the numbers count, in any order

The commutative key never sorts. Every value has two pairs of hash sums, modulo 2**64: the terms it adds and
subtracts, seen as a sum, and the factors above and below the line, seen as a product. `+` adds the sums of its
sides, `-` swaps those of its right side first, `*` and `/` do the same with the factors; a sum seen as a
product is one factor, and the other way round. What an operator of a plugin makes of its operands is one term.

Keys must never change: they decide which split an expression belongs to, in old datasets as in new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import UNLIMITED, Limits, Programs, Tree, parse
from exprlearn.arithmetic.operators import NEGATE, Operators
from exprlearn.arithmetic.parsing import BRACKETS
from exprlearn.arithmetic.programs import ADD, MULTIPLY, NOTHING, SUBTRACT
from exprlearn.arithmetic.programs import NEGATE as NEGATE_CODE
from exprlearn.sampling.ordering.hashing import GOLDEN, mix, mix_array

if TYPE_CHECKING:
    from exprlearn.arithmetic.programs import ExpressionBlock
    from exprlearn.plugin import OperatorSpec

Level = Literal["string", "commutative", "operands"]

WORD = (1 << 64) - 1


def _constant(name: str) -> int:
    return int.from_bytes(blake2b(f"exprlearn canonical form 1: {name}".encode(), digest_size=8).digest(), "little")


NUMBER, FACTOR, PRODUCT, OPERAND, TEXT = map(_constant, ("number", "factor", "product", "operand", "text"))
# Odd, so that multiplying by them loses nothing.
SUBTRACTED, BELOW = _constant("subtracted") | 1, _constant("below") | 1

#: Hash sums of one value: terms added, terms subtracted, factors above, factors below the line.
Sums = tuple[int, int, int, int]


def canonical_key(
    expression: str, level: Level = "commutative", *, limits: Limits = UNLIMITED, operators: Operators = ()
) -> int:
    """Compute the 64-bit key of an expression, read with some operators of plugins.

    Raises:
        ExpressionSyntaxError: at the levels that read the expression, when it is none.
        ExpressionTooLarge: it is larger than `limits`.

    >>> canonical_key("1+(2+3)") == canonical_key("(3 + 1)+2")
    True
    >>> canonical_key("3-5") == canonical_key("5-3")
    False
    >>> canonical_key("3-5", "operands") == canonical_key("5*3", "operands")
    True
    """
    if level == "string":
        return text_key(expression)
    tree = parse(expression, limits=limits, operators=operators)
    return _operands_key(tree) if level == "operands" else commutative_key(tree)


def text_key(text: str) -> int:
    """Compute the key of a text at the level string.

    The code points are hashed, two to a word; words of zeros count nothing, so padding is free.
    """
    data = text.encode("utf-32-le", "surrogatepass")
    words = (int.from_bytes(data[start : start + 8], "little") for start in range(0, len(data), 8))
    return mix(sum(mix(word + place * GOLDEN ^ TEXT) for place, word in enumerate(words, 1) if word))


def number_key(number: int | Fraction) -> int:
    """Hash a number ≥ 0 of any size, 64 bits at a time."""
    if not isinstance(number, int):
        return mix(number_key(number.numerator) + GOLDEN * number_key(number.denominator) & WORD)
    key = mix(number & WORD ^ NUMBER)
    while number := number >> 64:
        key = mix(number & WORD ^ key)
    return key


def _operands_key(tree: Tree) -> int:
    return mix(sum(mix(number_key(number) ^ OPERAND) for number in tree.numbers))


def commutative_key(tree: Tree) -> int:
    """Compute the 64-bit key of a parsed expression, as `canonical_key` does at the level commutative."""
    values: list[Sums] = []
    for step in tree.steps:
        if isinstance(step, int):
            values.append(_as_sum(number_key(step), 0))
        elif not isinstance(step, str):
            _take(step, values)
        elif step == NEGATE:
            added, subtracted, _, _ = values.pop()
            values.append(_as_sum(subtracted, added))
        elif step != BRACKETS:
            right, left = values.pop(), values.pop()
            values.append(_joined(step, left, right))
    return _sum_key(*values[-1][:2])


def _joined(operator: str, left: Sums, right: Sums) -> Sums:
    if operator == "+":
        return _as_sum(left[0] + right[0], left[1] + right[1])
    if operator == "-":
        return _as_sum(left[0] + right[1], left[1] + right[0])
    if operator == "*":
        return _as_product(left[2] + right[2], left[3] + right[3])
    return _as_product(left[2] + right[3], left[3] + right[2])


def _take(step: Fraction | OperatorSpec, values: list[Sums]) -> None:
    """Put the sums of a decimal on the stack, or those of an operator of a plugin in the place of its operands'."""
    if isinstance(step, Fraction):
        values.append(_as_sum(number_key(step), 0))
    else:
        values[-step.arity :] = [_operated(step, [_sum_key(*each[:2]) for each in values[-step.arity :]])]


def _operated(operator: OperatorSpec, operands: Sequence[int]) -> Sums:
    """Join the keys of operands into one term; their places count unless the operator is commutative.

    The sign stands for the operator, so that a key does not depend on who brings it.
    """
    key = _constant(f"{operator.form} {operator.sign}")
    places = (0 if operator.commutative else place * GOLDEN for place in range(len(operands)))
    joined = sum(mix((operand + place ^ OPERAND) & WORD) for operand, place in zip(operands, places, strict=True))
    return _as_sum(mix((joined ^ key) & WORD), 0)


def _sum_key(added: int, subtracted: int) -> int:
    # Linear, so that a sum of one term has that term's key.
    return (added + subtracted * SUBTRACTED) & WORD


def _as_sum(added: int, subtracted: int) -> Sums:
    return added & WORD, subtracted & WORD, mix(_sum_key(added, subtracted) ^ FACTOR), 0


def _as_product(above: int, below: int) -> Sums:
    return mix((above + below * BELOW) & WORD ^ PRODUCT), 0, above & WORD, below & WORD


Words = NDArray[np.uint64]
Rows = NDArray[np.intp]

_ALL = slice(None)


def canonical_keys(block: ExpressionBlock, programs: Programs, level: Level = "commutative") -> Words:
    """Compute the key of every expression of a block; uint64 [n], equal to `canonical_key` of each.

    `programs`: the calculations of its skeletons.
    """
    if level == "string":
        return text_keys(block.expressions)
    if level == "operands":
        operands = mix_array(_number_keys(block.numbers) ^ np.uint64(OPERAND))
        keys = mix_array(operands.sum(axis=1, dtype=np.uint64))
    else:
        keys = _commutative_keys(block, programs)
    for row in np.flatnonzero(programs.by_text[block.rows]).tolist():
        keys[row] = canonical_key(str(block.expressions[row]), level, operators=block.skeletons.operators)
    return keys


def text_keys(texts: NDArray[np.str_]) -> Words:
    """Hash a column of texts; uint64 [n].

    >>> int(text_keys(np.array(["1+2"]))[0]) == canonical_key("1+2", "string")
    True
    """
    width = max(1, -(-texts.dtype.itemsize // 8))
    words = texts.astype(f"<U{2 * width}").view(np.uint64).reshape(len(texts), width)
    with np.errstate(over="ignore"):
        places = np.arange(1, width + 1, dtype=np.uint64) * np.uint64(GOLDEN)
        hashed = mix_array((words + places) ^ np.uint64(TEXT))
        return mix_array(np.where(words == 0, np.uint64(0), hashed).sum(axis=1, dtype=np.uint64))


def _number_keys(numbers: NDArray[np.int64]) -> Words:
    return mix_array(np.abs(numbers).astype(np.uint64) ^ np.uint64(NUMBER))


@dataclass(frozen=True, eq=False)
class _Sums:
    """The four hash sums of every register; uint64 [R, n] each."""

    added: Words
    subtracted: Words
    above: Words
    below: Words

    def put_sums(self, register: int, rows: Rows | slice, added: Words, subtracted: Words) -> None:
        self.added[register, rows], self.subtracted[register, rows] = added, subtracted
        key = added + subtracted * np.uint64(SUBTRACTED)
        self.above[register, rows] = mix_array(key ^ np.uint64(FACTOR))

    def put_products(self, register: int, rows: Rows, above: Words, below: Words) -> None:
        self.above[register, rows], self.below[register, rows] = above, below
        key = above + below * np.uint64(BELOW)
        self.added[register, rows] = mix_array(key ^ np.uint64(PRODUCT))


def _commutative_keys(block: ExpressionBlock, programs: Programs) -> Words:
    shape = programs.registers, len(block.rows)
    sums = _Sums(*(np.zeros(shape, np.uint64) for _ in range(4)))
    operations, left, right = (codes.take(block.rows, axis=1) for codes in programs.by_step)
    with np.errstate(over="ignore"):
        for slot in range(programs.slots):
            _load(sums, slot, block.numbers[:, slot])
        for step, codes in enumerate(operations):
            _join(sums, programs.slots + step, codes, left[step], right[step])
        cells = _cells(programs.results.take(block.rows), np.arange(len(block.rows)), len(block.rows))
        keys: Words = sums.added.take(cells) + sums.subtracted.take(cells) * np.uint64(SUBTRACTED)
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
    is_sum = (codes == ADD) | (codes == SUBTRACT) | (codes == NEGATE_CODE)
    for rows, put in ((np.flatnonzero(is_sum), _add), (np.flatnonzero(~is_sum & (codes != NOTHING)), _multiply)):
        if rows.size:
            first, second = (_cells(registers.take(rows), rows, len(codes)) for registers in (left, right))
            put(sums, target, rows, codes.take(rows), first, second)


def _add(sums: _Sums, target: int, rows: Rows, codes: NDArray[np.int8], first: Rows, second: Rows) -> None:
    plain, opposite = sums.added.take(second), sums.subtracted.take(second)
    adds = codes == ADD
    added, subtracted = np.where(adds, plain, opposite), np.where(adds, opposite, plain)
    before, taken = sums.added.take(first), sums.subtracted.take(first)
    alone = codes == NEGATE_CODE
    if alone.any():
        before, taken = np.where(alone, np.uint64(0), before), np.where(alone, np.uint64(0), taken)
    sums.put_sums(target, rows, added + before, subtracted + taken)


def _multiply(sums: _Sums, target: int, rows: Rows, codes: NDArray[np.int8], first: Rows, second: Rows) -> None:
    plain, opposite = sums.above.take(second), sums.below.take(second)
    times = codes == MULTIPLY
    above = sums.above.take(first) + np.where(times, plain, opposite)
    below = sums.below.take(first) + np.where(times, opposite, plain)
    sums.put_products(target, rows, above, below)
