"""The values of a whole block at once: the programs of its skeletons, run over columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.evaluation import Operation, evaluate
from exprlearn.arithmetic.limits import UNLIMITED
from exprlearn.arithmetic.programs import DIVIDE, Programs
from exprlearn.arithmetic.rationals import SAFE, Column, peak
from exprlearn.arithmetic.steps import Flags, calculate
from exprlearn.arithmetic.values import Values, Working
from exprlearn.errors import DivisionByZero

if TYPE_CHECKING:
    from exprlearn.sampling.block import Block


def block_values(block: Block, programs: Programs, operation: Operation = "exact") -> Values:
    """Compute the exact value of every expression of a block.

    Args:
        block: n expressions whose rows are those of the table that `programs` was compiled from.
        programs: the calculations of each skeleton.
        operation: how `/` computes.
    """
    working, every = _load(block, programs), np.arange(len(block.rows))
    defined = np.ones(len(every), bool)
    fits = ~programs.by_text[block.rows]
    numbers = working.numerators[: programs.slots]
    if peak(numbers) >= SAFE:
        fits &= ((numbers > -SAFE) & (numbers < SAFE)).all(axis=0)
    if not fits.all():
        working.numerators[: programs.slots, ~fits] = 0
    are_whole = True
    for step, registers in enumerate(programs.fixed):
        operands = _Operands(working, step, registers, every)
        are_whole &= _calculate(operands, operation, defined, fits, are_whole)
    exact = {row: _by_text(str(block.expressions[row]), operation) for row in np.flatnonzero(~fits).tolist()}
    numerators, denominators = _results(working, programs.fixed_result, every, are_whole)
    held = defined & fits
    if not held.all():
        numerators = np.where(held, numerators, 0)
        denominators = denominators if are_whole else np.where(held, denominators, 1)
    defined[list(exact)] = [value is not None for value in exact.values()]
    return Values(block, operation, numerators, denominators, defined, exact, working)


def _load(block: Block, programs: Programs) -> Working:
    shape = programs.registers, len(block.rows)
    numerators = np.empty(shape, np.int64)
    numerators[: programs.slots] = block.numbers.T
    codes, first, second = programs.by_step
    operations = codes.take(block.rows, axis=1)
    return Working(
        numerators,
        # Where nothing is divided, one 1 stands for all.
        np.ones(shape, np.int64) if (operations == DIVIDE).any() else np.broadcast_to(np.int64(1), shape),
        operations.T,
        first.take(block.rows, axis=1).T,
        second.take(block.rows, axis=1).T,
        programs.results.take(block.rows),
        programs.slots,
    )


@dataclass(frozen=True, eq=False)
class _Operands:
    """One calculation of every row: what it works on.

    Attributes:
        working: all registers.
        step: the number of the calculation.
        fixed: the registers it reads where all rows read the same ones.
        every: int64 [n], the rows.
    """

    working: Working
    step: int
    fixed: tuple[int | None, int | None]
    every: NDArray[np.int64]

    def columns(self, *, are_whole: bool) -> tuple[Column, Column]:
        """Return the left and the right operand of each row."""
        sides = zip((self.working.left, self.working.right), self.fixed, strict=True)
        left, right = (
            _column(self.working, registers[:, self.step], only, self.every, are_whole) for registers, only in sides
        )
        return left, right


def _column(
    working: Working, registers: NDArray[np.int16], only: int | None, every: NDArray[np.int64], are_whole: bool
) -> Column:
    """Read a register of each row; where all are whole, any denominators do."""
    if only is not None:
        return working.numerators[only], working.denominators[only]
    # Registers lie one after the other.
    cells = registers * np.int64(len(every)) + every
    above = working.numerators.reshape(-1).take(cells)
    return above, working.denominators[0] if are_whole else working.denominators.reshape(-1).take(cells)


def _results(working: Working, only: int | None, every: NDArray[np.int64], are_whole: bool) -> Column:
    numerators, denominators = _column(working, working.results, only, every, are_whole)
    return numerators, np.ones_like(numerators) if are_whole else denominators


def _calculate(operands: _Operands, operation: Operation, defined: Flags, fits: Flags, are_whole: bool) -> bool:
    """Run one calculation of every row, marking the rows that divide by zero or leave the safe range.

    Returns:
        Whether all results are whole.
    """
    working, step = operands.working, operands.step
    left, right = operands.columns(are_whole=are_whole)
    results = calculate(working.operations[:, step], left, right, operation, are_whole=are_whole)
    working.numerators[working.slots + step] = results.numerators
    if results.denominators is not None:
        working.denominators[working.slots + step] = results.denominators
    if results.fits is not None:
        fits &= results.fits
    if results.zero is not None:
        defined &= ~results.zero
    return results.denominators is None


def _by_text(expression: str, operation: Operation) -> Fraction | None:
    try:
        return evaluate(expression, operation=operation, limits=UNLIMITED)
    except DivisionByZero:
        return None
