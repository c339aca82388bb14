"""The values of a whole block at once: int64 rationals, and Python integers for the few expressions that need them.

The programs of the block's skeletons run over columns of numbers, a register after the other. For `1+2*3` and `4+5*6`:

    registers   0: 1 4   1: 2 5   2: 3 6   3 = 1 * 2: 6 30   4 = 0 + 3: 7 34

A column of values is a pair (numerators, denominators) in lowest terms with positive denominators. Results are shadowed
in float64: below 2**62 the shadow's error of 2**-52 cannot hide an int64 overflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.evaluation import WITHOUT_MODULUS, Operation, evaluate, modulus_of
from exprlearn.arithmetic.parsing import DEFAULT_LIMITS, UNLIMITED
from exprlearn.arithmetic.programs import DIVIDE, MULTIPLY, NEGATE, NOTHING, SUBTRACT, Programs
from exprlearn.errors import DivisionByZero, ExpressionTooLarge, UndefinedValue

if TYPE_CHECKING:
    from exprlearn.arithmetic.programs import ExpressionBlock

Integers = NDArray[np.int64]
Column = tuple[Integers, Integers]
Flags = NDArray[np.bool_]

#: Magnitudes from here on are left to Python's integers.
SAFE = 1 << 62

# An operator such as a power makes numbers of any size out of small ones.
_OF_PLUGINS = replace(UNLIMITED, bits=DEFAULT_LIMITS.bits)


@dataclass(frozen=True, eq=False)
class Registers:
    """Every number and every intermediate value of n expressions; R registers, S calculations.

    Rows of `Values.exact` hold nothing of use here.

    Attributes:
        numerators: int64 [R, n].
        denominators: int64 [R, n], 1 where a register is not used.
        operations: int8 [n, S], codes of `programs`.
        left: int16 [n, S], register of the left operand.
        right: int16 [n, S], register of the right operand.
        results: int16 [n], register of the whole value.
        slots: registers that hold numbers; calculation j writes register slots + j.
    """

    numerators: Integers
    denominators: Integers
    operations: NDArray[np.int8]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    results: NDArray[np.int16]
    slots: int

    def column(self, registers: NDArray[np.int16], only: int | None, *, are_whole: bool) -> Column:
        """Read one register of each row, `only` where all have the same; denominators do not count if `are_whole`."""
        if only is not None:
            return self.numerators[only], self.denominators[only]
        # Registers lie one after the other: of 3 rows, row 2 of register 1 is cell 1 * 3 + 2.
        cells = registers * np.int64(len(registers)) + np.arange(len(registers))
        numerators = self.numerators.reshape(-1).take(cells)
        return numerators, self.denominators[0] if are_whole else self.denominators.reshape(-1).take(cells)


@dataclass(frozen=True, eq=False)
class Values:
    """The exact values of n expressions.

    Attributes:
        block: the expressions.
        operation: how `/` was computed.
        numerators: int64 [n], in lowest terms.
        denominators: int64 [n], positive.
        defined: bool [n], False where the expression divides by zero.
        exact: value of each row that left the range of int64 on the way or has an operator of a plugin, None where it
            is not defined; such rows hold 0/1 in the columns.
        working: how the values came about.
    """

    block: ExpressionBlock
    operation: Operation
    # Written out, for so the pages of the hooks show them.
    numerators: NDArray[np.int64]
    denominators: NDArray[np.int64]
    defined: NDArray[np.bool_]
    exact: Mapping[int, Fraction | None]
    working: Registers

    def __len__(self) -> int:
        return len(self.numerators)

    @property
    def expressions(self) -> NDArray[np.str_]:
        """Return the expressions, '<U' [n]; they are written when first asked for."""
        return self.block.expressions

    @cached_property
    def fits(self) -> NDArray[np.bool_]:
        """Tell the rows whose value the columns hold; bool [n]."""
        fits = np.ones(len(self), bool)
        fits[list(self.exact)] = False
        return fits

    def fraction(self, row: int) -> Fraction | None:
        """Return the value of one row, None where it is not defined."""
        if row in self.exact:
            return self.exact[row]
        return Fraction(int(self.numerators[row]), int(self.denominators[row])) if self.defined[row] else None


def block_values(block: ExpressionBlock, programs: Programs, operation: Operation = "exact") -> Values:
    """Compute the exact value of every expression of a block, whose rows are those of the table of the programs."""
    working = _load(block, programs)
    defined, fits = np.ones(len(block.rows), bool), ~programs.by_text[block.rows]
    numbers = working.numerators[: programs.slots]
    if peak(numbers) >= SAFE:
        fits &= ((numbers > -SAFE) & (numbers < SAFE)).all(axis=0)
        numbers[:, ~fits] = 0
    are_whole = True
    for step, (left, right) in enumerate(programs.fixed):
        results = calculate(
            working.operations[:, step],
            working.column(working.left[:, step], left, are_whole=are_whole),
            working.column(working.right[:, step], right, are_whole=are_whole),
            operation,
            are_whole=are_whole,
        )
        working.numerators[programs.slots + step] = results.numerators
        if results.denominators is not None:
            working.denominators[programs.slots + step] = results.denominators
            are_whole = False
        if results.fits is not None:
            fits &= results.fits
        if results.zero is not None:
            defined &= ~results.zero
    exact = _values_by_text(block, np.flatnonzero(~fits).tolist(), operation)
    numerators, denominators = working.column(working.results, programs.fixed_result, are_whole=are_whole)
    denominators = np.ones_like(numerators) if are_whole else denominators
    modulus = None if operation in WITHOUT_MODULUS else modulus_of(operation)
    if modulus is not None:
        numerators = numerators % modulus
    held = defined & fits
    if not held.all():
        numerators, denominators = np.where(held, numerators, 0), np.where(held, denominators, 1)
    defined[list(exact)] = [value is not None for value in exact.values()]
    return Values(block, operation, numerators, denominators, defined, exact, working)


def _load(block: ExpressionBlock, programs: Programs) -> Registers:
    shape = programs.registers, len(block.rows)
    numerators = np.empty(shape, np.int64)
    numerators[: programs.slots] = block.numbers.T
    codes, left, right = programs.by_step
    operations = codes.take(block.rows, axis=1)
    # Where nothing is divided, one 1 stands for all.
    divides = (operations == DIVIDE).any()
    return Registers(
        numerators,
        np.ones(shape, np.int64) if divides else np.broadcast_to(np.int64(1), shape),
        operations.T,
        left.take(block.rows, axis=1).T,
        right.take(block.rows, axis=1).T,
        programs.results.take(block.rows),
        programs.slots,
    )


def _values_by_text(block: ExpressionBlock, rows: list[int], operation: Operation) -> dict[int, Fraction | None]:
    """Compute rows one by one; those that operators of plugins give no value, or a huge one, have none."""
    if not rows:
        return {}
    operators = block.skeletons.operators
    limits = _OF_PLUGINS if operators else UNLIMITED
    found: dict[int, Fraction | None] = {}
    for row in rows:
        found[row] = None
        with suppress(DivisionByZero, UndefinedValue, ExpressionTooLarge):
            found[row] = evaluate(str(block.expressions[row]), operation=operation, limits=limits, operators=operators)
    return found


def peak(numbers: Integers) -> int:
    """Tell the largest magnitude of a column, 0 for an empty one."""
    return max(int(numbers.max()), -int(numbers.min())) if numbers.size else 0


@lru_cache(maxsize=8)
def _inverses(modulus: int) -> Integers:
    """List the inverse of each number below a modulus, 0 where there is none; int64 [modulus].

    >>> _inverses(6).tolist()
    [0, 1, 0, 0, 0, 5]
    """
    return np.array([pow(number, -1, modulus) if gcd(number, modulus) == 1 else 0 for number in range(modulus)])


class Results(NamedTuple):
    """The results of n calculations.

    Attributes:
        numerators: int64 [n], in lowest terms; 0 where the row does not fit.
        denominators: int64 [n], positive; None when all are 1.
        fits: bool [n], False where the result left the safe range; None when all fit.
        zero: bool [n], True where a row divides by zero; None when none does.
    """

    numerators: Integers
    denominators: Integers | None
    fits: Flags | None
    zero: Flags | None


def calculate(
    codes: NDArray[np.int8], left: Column, right: Column, operation: Operation, *, are_whole: bool
) -> Results:
    """Do one calculation of n rows, whatever operator each row has.

    All rows share one sweep: a/b ± c/d has the denominator b*d, and so has a/b * c/d; a difference is a sum with the
    opposite, a quotient a product with the second operand upside down.

    Args:
        codes: what each row does, int8 [n], as programs say it.
        left: operands, int64 [n] each; of a negation it does not count.
        right: operands.
        operation: how `/` computes.
        are_whole: all denominators are 1, so that they need not be looked at.

    >>> codes, ones = np.array([1, 2, 4], np.int8), np.ones(3, np.int64)
    >>> results = calculate(codes, (np.array([5, 5, 6]), ones), (np.array([3, 3, -4]), ones), "exact", are_whole=True)
    >>> results.numerators.tolist(), results.denominators.tolist()
    ([8, 2, -3], [1, 1, 2])
    """
    (a, b), (c, d), zero, quotients = left, right, None, None
    opposite, alone, divides = (codes == SUBTRACT) | (codes == NEGATE), codes == NEGATE, codes == DIVIDE
    if opposite.any():
        c = np.where(opposite, -c, c)
    if alone.any():
        a, b = np.where(alone, 0, a), np.where(alone, 1, b)
    multiplies = codes == MULTIPLY
    if divides.any():
        zero = divides & (c == 0)
        modulus = None if operation in WITHOUT_MODULUS else modulus_of(operation)
        if modulus is not None:
            inverse = _inverses(modulus).take(c % modulus)
            zero, quotients = divides & (inverse == 0), a % modulus * inverse % modulus
        elif operation == "floor":
            quotients = a // np.where(divides & ~zero, c, 1)
        else:
            # 2/3 : -4/5 is 2/3 * -5/4; what divides by zero becomes a whole number.
            c, d = np.where(divides, np.where(c < 0, -d, d), c), np.where(divides, np.maximum(np.abs(c), 1), d)
            multiplies, are_whole = multiplies | divides, False
        zero = zero if zero.any() else None
    numerators = a + c if are_whole else a * d + c * b
    if multiplies.any():
        numerators = np.where(multiplies, a * c, numerators)
    fits = _fits(multiplies, a, c) if are_whole else _fits(multiplies, a, c, b, d)
    if fits is not None:
        fits |= (codes == NOTHING) if quotients is None else (codes == NOTHING) | divides
        numerators = np.where(fits, numerators, 0)
    if are_whole:
        return Results(numerators if quotients is None else np.where(divides, quotients, numerators), None, fits, zero)
    denominators = b * d if fits is None else np.where(fits, b * d, 1)
    # 1/2 + 1/6 is 8/12 so far, to be reduced; most rows of most data stay whole.
    broken = np.flatnonzero(denominators != 1)
    if not broken.size:
        return Results(numerators, None, fits, zero)
    above, below = numerators.take(broken), denominators.take(broken)
    common = np.gcd(above, below)
    numerators[broken], denominators[broken] = above // common, below // common
    return Results(numerators, denominators, fits, zero)


def _fits(multiplies: Flags, *columns: Integers) -> Flags | None:
    """Tell the rows of `a/b ± c/d` or `a/b * c/d` in which nothing leaves the safe range; None when none does.

    The columns are a, c and, unless all are 1, b, d.
    """
    a, c, b, d = ([*map(peak, columns), 1, 1])[:4]
    if max(a * d + c * b, b * d, a * c if multiplies.any() else 0) < SAFE:
        return None
    first, second, *below = (np.abs(column.astype(np.float64)) for column in columns)
    under, over = below or (np.float64(1), np.float64(1))
    above = np.where(multiplies, first * second, first * over + second * under)
    fits: Flags = (above < SAFE) & (under * over < SAFE)
    return fits
