"""What a division policy is made of: an operation rule and a writing rule.

The operation rule says what every `/` of an expression does: `exact` keeps the rational quotient, `floor`
rounds each quotient down. The writing rule turns the value of the whole expression into the answer, or refuses.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.bounds import Extent
from exprlearn.arithmetic.evaluation import Operation, evaluate
from exprlearn.arithmetic.parsing import DEFAULT_LIMITS, Limits
from exprlearn.arithmetic.values import Values
from exprlearn.errors import EvaluationError
from exprlearn.plugin import Division

#: The characters of integers.
INTEGERS = "-0123456789"

Written = tuple[NDArray[np.str_], NDArray[np.bool_]]


def answer(expression: str, division: Division, *, limits: Limits = DEFAULT_LIMITS) -> str:
    """Answer one expression as a division policy writes it; raises `EvaluationError` and its children only.

    >>> from exprlearn.arithmetic.divisions import FloorPolicy, FractionPolicy
    >>> answer("17/5+1", FractionPolicy()), answer("17/5+1", FloorPolicy())
    ('22/5', '4')
    """
    value = evaluate(expression, operation=division.operation, limits=limits)
    return division.answer(value, expression)


class DivisionPolicy(ABC):
    """A division policy that writes one answer at a time, and blocks faster where it can.

    Attributes:
        operation: how `/` computes.
        characters: every character an answer can hold.
    """

    operation: Operation = "exact"
    characters: str = INTEGERS

    @abstractmethod
    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write the value of `expression`, computed under this policy's operation.

        Raises:
            EvaluationError: the policy has no way to write this value; built-in ones raise its child NotAnInteger.
        """

    def longest(self, extent: Extent) -> float:
        """Return a number of characters that no answer exceeds, infinite where nothing bounds it.

        Args:
            extent: what is known of all values.
        """
        return extent.sign + extent.whole_digits if set(self.characters) <= set(INTEGERS) else math.inf

    def answers(self, values: Values) -> Written:
        """Write the answers of a block of n values that were computed under this policy's operation.

        Returns:
            '<U' [n], and bool [n] that is False where there is no answer, which is then empty.
        """
        rows = np.flatnonzero(values.defined & values.fits)
        texts, kept = self.write_rows(values, rows) if rows.size else (np.zeros(0, "<U1"), np.zeros(0, bool))
        if not kept.all():
            rows, texts = rows[kept], texts[kept]
        if len(rows) == len(values):
            return texts, kept
        large = {row: self._write(values, row) for row, value in values.exact.items() if value is not None}
        width = max([texts.dtype.itemsize // 4, *(len(text or "") for text in large.values())])
        answers, answered = np.zeros(len(values), f"<U{width}"), np.zeros(len(values), bool)
        answers[rows], answered[rows] = texts, True
        for row, text in large.items():
            answers[row], answered[row] = text or "", text is not None
        return answers, answered

    def write_rows(self, values: Values, rows: NDArray[np.intp]) -> Written:
        """Write the answers of some rows, all of which are defined and fit int64; '<U' [m] and bool [m]."""
        texts = [self._write(values, row) for row in rows.tolist()]
        return np.array([text or "" for text in texts], np.str_), np.array([text is not None for text in texts], bool)

    def _write(self, values: Values, row: int) -> str | None:
        value = values.fraction(row)
        if value is None:
            return None
        try:
            return self.answer(value, str(values.expressions[row]))
        except EvaluationError:
            return None
