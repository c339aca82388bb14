"""Keep expressions that are written with some of the signs only."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from exprlearn.arithmetic import plain_signs
from exprlearn.plugin import Options

if TYPE_CHECKING:
    from exprlearn.arithmetic import Values
    from exprlearn.sampling.block import Block

_SIGNS = "+-*/"


class SignsOptions(Options):
    """Which signs an expression may have."""

    only: str = Field(default=_SIGNS, pattern=r"^[-+*/]+$", description="the signs that may occur, such as +-")


class SignsConstraint:
    """Keeps expressions without any other operator or sign than those named.

    >>> constraint = SignsConstraint(SignsOptions(only="+-"))
    >>> [constraint.holds(text, Fraction(0)) for text in ("1+(2-3)", "-1+2", "1+2*3", "4/2")]
    [True, True, False, False]
    """

    def __init__(self, options: SignsOptions | None = None) -> None:
        self.options = options or SignsOptions()
        self._others = frozenset(_SIGNS) - frozenset(self.options.only)

    def __str__(self) -> str:
        return f"signs {self.options.only}"

    def keep(self, block: Block, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it has no other sign; bool [n]."""
        table = block.skeletons
        # Behind the literals come the two negative tokens, where negative indices find them.
        is_other = np.array([self._has_another(literal) for literal in table.literals] + [False, False], bool)
        of_skeletons: NDArray[np.bool_] = ~np.any(is_other[table.tokens], axis=1)
        kept = of_skeletons[block.rows]
        # A negative number brings a sign that no fixed text shows.
        return kept & (block.numbers >= 0).all(axis=1) if "-" in self._others else kept

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `expression` has no other sign."""
        return not self._has_another(expression)

    def _has_another(self, text: str) -> bool:
        return not self._others.isdisjoint(plain_signs(text))
