"""What a block of expressions is worth: int64 rationals, and Python integers for the few that need them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.evaluation import Operation

if TYPE_CHECKING:
    from exprlearn.sampling.block import Block


@dataclass(frozen=True, eq=False)
class Working:
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
    working: Working

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
