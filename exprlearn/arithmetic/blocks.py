"""The values of a whole block at once: the programs of its skeletons, run over columns of numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import programs as code
from exprlearn.arithmetic import rationals
from exprlearn.arithmetic.evaluation import Operation, evaluate
from exprlearn.arithmetic.limits import UNLIMITED
from exprlearn.arithmetic.programs import Programs
from exprlearn.arithmetic.rationals import SAFE, Checked, Column
from exprlearn.arithmetic.values import Values, Working
from exprlearn.errors import DivisionByZero

if TYPE_CHECKING:
    from exprlearn.sampling.block import Block

_EXACT: dict[int, Callable[[Column, Column], Checked]] = {
    code.ADD: rationals.add,
    code.SUBTRACT: rationals.subtract,
    code.MULTIPLY: rationals.multiply,
    code.DIVIDE: rationals.divide,
    code.NEGATE: lambda left, right: (-left[0], left[1], np.ones(len(left[0]), bool)),
}
_CALCULATE = {"exact": _EXACT, "floor": _EXACT | {code.DIVIDE: rationals.floor_divide}}


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
    working.numerators[:, ~fits] = 0
    for step in range(working.operations.shape[1]):
        _calculate(working, step, operation, defined, fits)
    exact = {row: _by_text(str(block.expressions[row]), operation) for row in np.flatnonzero(~fits).tolist()}
    every = np.arange(len(defined))
    numerators = np.where(defined & fits, working.numerators[working.results, every], 0)
    denominators = np.where(defined & fits, working.denominators[working.results, every], 1)
    defined[list(exact)] = [value is not None for value in exact.values()]
    return Values(block, operation, numerators, denominators, defined, exact, working)


def _load(block: Block, programs: Programs) -> Working:
    shape = programs.registers, len(block.rows)
    numerators, denominators = np.zeros(shape, np.int64), np.ones(shape, np.int64)
    numerators[: programs.slots] = block.numbers.T
    return Working(
        numerators,
        denominators,
        programs.operations[block.rows],
        programs.left[block.rows],
        programs.right[block.rows],
        programs.results[block.rows],
        programs.slots,
    )


def _calculate(
    working: Working, step: int, operation: Operation, defined: NDArray[np.bool_], fits: NDArray[np.bool_]
) -> None:
    """Run one calculation of every row, marking the rows that divide by zero or leave the safe range."""
    operations = working.operations[:, step]
    for kind, calculate in _CALCULATE[operation].items():
        rows = np.flatnonzero(operations == kind)
        if not rows.size:
            continue
        left, right = working.left[rows, step], working.right[rows, step]
        second = working.numerators[right, rows], working.denominators[right, rows]
        if kind == code.DIVIDE and not second[0].all():
            defined[rows[second[0] == 0]] = False
            second = np.where(second[0] == 0, 1, second[0]), second[1]
        first = working.numerators[left, rows], working.denominators[left, rows]
        numerators, denominators, inside = calculate(first, second)
        target = working.slots + step
        working.numerators[target, rows] = np.where(inside, numerators, 0)
        working.denominators[target, rows] = np.where(inside, denominators, 1)
        fits[rows] &= inside


def _by_text(expression: str, operation: Operation) -> Fraction | None:
    try:
        return evaluate(expression, operation=operation, limits=UNLIMITED)
    except DivisionByZero:
        return None
