"""Keep sums by their longest chain of carries: what learners of long additions get wrong last."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from exprlearn.plugin import Options
from exprlearn_carry.chains import longest_chain, longest_chains

SUM = re.compile(r"[0-9]+(\+[0-9]+)*")
WRITTEN = np.array([0, *map(ord, "+0123456789")], np.uint32)


class CarryChainOptions(Options):
    """How many neighbouring columns may carry."""

    minimum: int = Field(default=0, ge=0, description="Columns of the longest chain, at least.")
    maximum: int | None = Field(
        default=None, ge=0, description="Columns of the longest chain, at most; none: no limit."
    )


class CarryChain:
    """Keeps sums whose longest chain of carries is as long as wanted; what is no sum of whole numbers is dropped.

    The built-in constraint `carries` counts all carries; here 999+1 has a chain of three, and 95+5+90 one of two.

    >>> three = CarryChain(CarryChainOptions(minimum=3))
    >>> [three.holds(text, Fraction(0)) for text in ("999+1", "505+505", "999-1")]
    [True, False, False]
    """

    def __init__(self, options: CarryChainOptions) -> None:
        self.options = options

    def __str__(self) -> str:
        maximum = "" if self.options.maximum is None else self.options.maximum
        return f"carry-chain {self.options.minimum}..{maximum}"

    def keep(self, block: Any, values: Any) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it stays; bool [n]."""
        rows = np.flatnonzero(_are_sums(block.expressions, block.numbers.shape[1]) & values.fits)
        kept = np.zeros(len(block), bool)
        kept[rows] = self._is_wanted(longest_chains(block.numbers[rows]))
        for row in np.flatnonzero(~values.fits).tolist():
            kept[row] = self.holds(str(block.expressions[row]), Fraction(0))
        return kept

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell the same of one expression."""
        plain = "".join(expression.split())
        if not SUM.fullmatch(plain):
            return False
        return bool(self._is_wanted(np.array([longest_chain([int(number) for number in plain.split("+")])]))[0])

    def _is_wanted(self, chains: NDArray[np.int64]) -> NDArray[np.bool_]:
        low, high = self.options.minimum, self.options.maximum
        return (chains >= low) & (chains <= (high if high is not None else chains))


def _are_sums(expressions: NDArray[np.str_], terms: int) -> NDArray[np.bool_]:
    """Tell which texts are numbers with a plus between each two; bool [n]."""
    codes = np.ascontiguousarray(expressions).view(np.uint32).reshape(len(expressions), expressions.itemsize // 4)
    signs: NDArray[np.int64] = (codes == ord("+")).sum(axis=1)
    are_sums: NDArray[np.bool_] = np.isin(codes, WRITTEN).all(axis=1) & (signs == terms - 1)
    return are_sums
