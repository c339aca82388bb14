"""The values of a whole block at once: int64 rationals, and Python integers for the few expressions that need them.

The programs of the block's skeletons run over columns of numbers, a register after the other. For `1+2*3` and `4+5*6`:

    registers   0: 1 4   1: 2 5   2: 3 6   3 = 1 * 2: 6 30   4 = 0 + 3: 7 34
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.evaluation import Operation, evaluate
from exprlearn.arithmetic.parsing import UNLIMITED
from exprlearn.arithmetic.programs import DIVIDE, Programs
from exprlearn.arithmetic.steps import SAFE, Column, calculate, peak
from exprlearn.errors import DivisionByZero

if TYPE_CHECKING:
    from exprlearn.sampling.writing.block import Block


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

    numerators: NDArray[np.int64]
    denominators: NDArray[np.int64]
    operations: NDArray[np.int8]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    results: NDArray[np.int16]
    slots: int


@dataclass(frozen=True, eq=False)
class Values:
    """The exact values of n expressions.

    Attributes:
        block: the expressions.
        operation: how `/` was computed.
        numerators: int64 [n], in lowest terms.
        denominators: int64 [n], positive.
        defined: bool [n], False where the expression divides by zero.
        exact: value of each row that left the range of int64 on the way, None where it is not defined; such
            rows hold 0/1 in the columns.
        working: how the values came about.
    """

    block: Block
    operation: Operation
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


def block_values(block: Block, programs: Programs, operation: Operation = "exact") -> Values:
    """Compute the exact value of every expression of a block.

    Args:
        block: n expressions whose rows are those of the table that `programs` was compiled from.
        programs: the calculations of each skeleton.
        operation: how `/` computes.
    """
    working = _load(block, programs)
    defined, fits = np.ones(len(block.rows), bool), ~programs.by_text[block.rows]
    numbers = working.numerators[: programs.slots]
    if peak(numbers) >= SAFE:
        fits &= ((numbers > -SAFE) & (numbers < SAFE)).all(axis=0)
    if not fits.all():
        numbers[:, ~fits] = 0
    are_whole = True
    for step, (left, right) in enumerate(programs.fixed):
        results = calculate(
            working.operations[:, step],
            _column(working, working.left[:, step], left, are_whole=are_whole),
            _column(working, working.right[:, step], right, are_whole=are_whole),
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
    exact = {row: _value_by_text(str(block.expressions[row]), operation) for row in np.flatnonzero(~fits).tolist()}
    numerators, denominators = _column(working, working.results, programs.fixed_result, are_whole=are_whole)
    denominators = np.ones_like(numerators) if are_whole else denominators
    held = defined & fits
    if not held.all():
        numerators, denominators = np.where(held, numerators, 0), np.where(held, denominators, 1)
    defined[list(exact)] = [value is not None for value in exact.values()]
    return Values(block, operation, numerators, denominators, defined, exact, working)


def _load(block: Block, programs: Programs) -> Registers:
    shape = programs.registers, len(block.rows)
    numerators = np.empty(shape, np.int64)
    numerators[: programs.slots] = block.numbers.T
    codes, left, right = programs.by_step
    operations = codes.take(block.rows, axis=1)
    return Registers(
        numerators,
        # Where nothing is divided, one 1 stands for all.
        np.ones(shape, np.int64) if (operations == DIVIDE).any() else np.broadcast_to(np.int64(1), shape),
        operations.T,
        left.take(block.rows, axis=1).T,
        right.take(block.rows, axis=1).T,
        programs.results.take(block.rows),
        programs.slots,
    )


def _column(working: Registers, registers: NDArray[np.int16], only: int | None, *, are_whole: bool) -> Column:
    """Read one register of each row, `only` where it is the same in all; where all are whole, any denominators do."""
    if only is not None:
        return working.numerators[only], working.denominators[only]
    # Registers lie one after the other.
    cells = registers * np.int64(len(registers)) + np.arange(len(registers))
    numerators = working.numerators.reshape(-1).take(cells)
    return numerators, working.denominators[0] if are_whole else working.denominators.reshape(-1).take(cells)


def _value_by_text(expression: str, operation: Operation) -> Fraction | None:
    try:
        return evaluate(expression, operation=operation, limits=UNLIMITED)
    except DivisionByZero:
        return None
