"""The values of a whole block at once: the programs of its skeletons, run over columns of numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.evaluation import Operation, evaluate
from exprlearn.arithmetic.limits import UNLIMITED
from exprlearn.arithmetic.programs import DIVIDE, Programs
from exprlearn.arithmetic.rationals import SAFE
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
    working = _load(block, programs)
    defined = np.ones(len(block.rows), bool)
    fits = ~programs.by_text[block.rows]
    numbers = working.numerators[: programs.slots]
    fits &= ((numbers > -SAFE) & (numbers < SAFE)).all(axis=0)
    if not fits.all():
        working.numerators[: programs.slots, ~fits] = 0
    are_whole = True
    for step in range(working.operations.shape[1]):
        are_whole &= _calculate(working, step, operation, defined, fits, are_whole)
    exact = {row: _by_text(str(block.expressions[row]), operation) for row in np.flatnonzero(~fits).tolist()}
    places = _cells(working.results, len(defined))
    held = defined & fits
    numerators = np.where(held, working.numerators.reshape(-1).take(places), 0)
    denominators = np.ones_like(numerators)
    if not are_whole:
        denominators = np.where(held, working.denominators.reshape(-1).take(places), 1)
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


def _calculate(working: Working, step: int, operation: Operation, defined: Flags, fits: Flags, are_whole: bool) -> bool:
    """Run one calculation of every row, marking the rows that divide by zero or leave the safe range.

    Returns:
        Whether all results are whole.
    """
    left, right = (_cells(registers[:, step], len(fits)) for registers in (working.left, working.right))
    target = working.slots + step
    above, ones = working.numerators.reshape(-1), working.denominators[target]
    first, second = (above.take(left), ones), (above.take(right), ones)
    if not are_whole:
        below = working.denominators.reshape(-1)
        first, second = (first[0], below.take(left)), (second[0], below.take(right))
    results = calculate(working.operations[:, step], first, second, operation, are_whole=are_whole)
    working.numerators[target] = results.numerators
    if results.denominators is not None:
        working.denominators[target] = results.denominators
    if results.fits is not None:
        fits &= results.fits
    if results.zero is not None:
        defined &= ~results.zero
    return results.denominators is None


def _cells(registers: NDArray[np.int16], rows: int) -> NDArray[np.int64]:
    """Find the register of each row in the registers of all rows, laid out one register after the other; int64 [n]."""
    return registers * np.int64(rows) + np.arange(rows)


def _by_text(expression: str, operation: Operation) -> Fraction | None:
    try:
        return evaluate(expression, operation=operation, limits=UNLIMITED)
    except DivisionByZero:
        return None
