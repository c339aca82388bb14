"""Constraints on values: the answer, and what comes before it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from exprlearn.arithmetic import UNLIMITED, Values, block_values, calculations, compile_skeletons, parse
from exprlearn.arithmetic.evaluation import modulus_of
from exprlearn.arithmetic.numeral_columns import count_digits
from exprlearn.arithmetic.numerals import write_digits
from exprlearn.arithmetic.programs import DIVIDE, NEGATE, NOTHING
from exprlearn.errors import DivisionByZero, UnknownOperator
from exprlearn.plugin import Bounds, Options
from exprlearn.sampling.writing.block import Block

_EDGE = 1 << 62


class _AnswerConstraint(ABC):
    """A constraint that asks for the last value alone, which tables of values may then ask as well."""

    def keep(self, block: object, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether its value is kept; bool [n]."""
        return self.keep_values(values.numerators, values.denominators)

    @abstractmethod
    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each value, in lowest terms, whether it is kept; bool [n]."""


class IntegerConstraint(_AnswerConstraint):
    """Keeps expressions whose value is an integer, whatever happens on the way.

    >>> constraint = IntegerConstraint()
    >>> constraint.holds("3/2*2", Fraction(3)), constraint.holds("3/2", Fraction(3, 2))
    (True, False)
    """

    def __str__(self) -> str:
        return "integer"

    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each value whether it is whole; bool [n]."""
        whole: NDArray[np.bool_] = denominators == 1
        return whole

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `value` is whole."""
        return value.denominator == 1


class ResultRangeOptions(Options):
    """The smallest and the largest value."""

    low: Annotated[int, Field(gt=-_EDGE, lt=_EDGE, description="smallest value that is kept")] = 0
    high: Annotated[int, Field(gt=-_EDGE, lt=_EDGE, description="largest value that is kept")] = 999_999

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low must not be above high, {self.low} is above {self.high}")
        return self


@dataclass(frozen=True, eq=False)
class ResultRangeConstraint(_AnswerConstraint):
    """Keeps expressions whose value, whole or not, is at least `low` and at most `high`.

    >>> constraint = ResultRangeConstraint(ResultRangeOptions(low=0, high=9))
    >>> constraint.holds("19/2", Fraction(19, 2)), constraint.holds("9", Fraction(9))
    (False, True)
    """

    options: ResultRangeOptions = field(default_factory=ResultRangeOptions)

    def __str__(self) -> str:
        return f"result-range {self.options.low}..{self.options.high}"

    def bounds(self) -> Bounds:
        """Tell the range."""
        return Bounds(low=self.options.low, high=self.options.high)

    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each value whether it lies in the range; bool [n]."""
        # Rounding towards the inside cannot move a value across a whole bound, and never overflows: with high = 9,
        # 19/2 is rounded up to 10 and dropped; with low = 0, -1/2 is rounded down to -1 and dropped.
        rounded_down = numerators // denominators
        rounded_up = -(-numerators // denominators)
        inside: NDArray[np.bool_] = (rounded_down >= self.options.low) & (rounded_up <= self.options.high)
        return inside

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `value` lies in the range."""
        return self.options.low <= value <= self.options.high


class AnswerLengthOptions(Options):
    """How long an answer may be."""

    maximum: Annotated[int, Field(ge=1, description="digits that an answer may have, signs not counted")] = 6


@dataclass(frozen=True, eq=False)
class AnswerLengthConstraint(_AnswerConstraint):
    """Keeps expressions whose value has at most `maximum` digits.

    Digits are those of the value as an integer or as a reduced fraction, numerator and denominator together;
    the sign is not counted. So the same expressions stay, however a division policy writes answers.

    >>> constraint = AnswerLengthConstraint(AnswerLengthOptions(maximum=3))
    >>> [constraint.holds("", value) for value in (Fraction(-999), Fraction(1000), Fraction(17, 5), Fraction(17, 50))]
    [True, False, True, False]
    """

    options: AnswerLengthOptions = field(default_factory=AnswerLengthOptions)

    def __str__(self) -> str:
        return f"answer-length {self.options.maximum}"

    def bounds(self) -> Bounds:
        """Tell how many digits values have at most."""
        return Bounds(digits=self.options.maximum)

    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each value whether it is short enough; bool [n]."""
        below = np.where(denominators == 1, 0, count_digits(denominators))
        short: NDArray[np.bool_] = count_digits(np.abs(numerators)) + below <= self.options.maximum
        return short

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `value` is short enough."""
        below = 0 if value.denominator == 1 else len(write_digits(value.denominator))
        return len(write_digits(abs(value.numerator))) + below <= self.options.maximum


class IntegerIntermediatesConstraint:
    """Keeps expressions in which every division leaves no remainder, so that every value on the way is whole.

    It means the same under every division policy: where all divisions come out even, rounding changes nothing.

    >>> constraint = IntegerIntermediatesConstraint()
    >>> constraint.holds("3/2*2", Fraction(3)), constraint.holds("3*2/2", Fraction(3))
    (False, True)
    """

    def __str__(self) -> str:
        return "integer-intermediates"

    @property
    def divides_evenly(self) -> bool:
        """Tell that every quotient is whole."""
        return True

    def keep(self, block: object, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether every division comes out even; bool [n]."""
        return divides_evenly(values)

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether every division of `expression` comes out even."""
        steps = calculations(parse(expression, limits=UNLIMITED), limits=UNLIMITED)
        return all(step.result[1] == 1 for step in steps)


class NonNegativeConstraint:
    """Keeps expressions in which every number that is computed with, and every value on the way, is at least 0.

    Quotients are taken exactly, whatever division does; the answer itself is as division gives it.

    >>> constraint = NonNegativeConstraint()
    >>> [constraint.holds(text, Fraction(3)) for text in ("5-4+2", "2-4+5", "(-1)*(-3)")]
    [True, False, False]
    """

    def __str__(self) -> str:
        return "non-negative"

    def keep(self, block: Block, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether nothing is negative; bool [n]."""
        exact = _exactly(block, values)
        working, rows = exact.working, np.arange(len(values))
        kept: NDArray[np.bool_] = exact.defined & (values.numerators >= 0)
        for step in range(working.operations.shape[1]):
            code = working.operations[:, step]
            # A sign before a number is no calculation: what it gives is seen where it is computed with.
            is_calculation = (code != NOTHING) & (code != NEGATE)
            sides = [working.numerators[side[:, step], rows] for side in (working.left, working.right)]
            negative = np.minimum(*sides) < 0
            kept &= ~(is_calculation & (negative | (working.numerators[working.slots + step] < 0)))
        for row, value in exact.exact.items():
            kept[row] = value is not None and self.holds(
                str(block.expressions[row]), Fraction(int(values.numerators[row]))
            )
        return kept

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether nothing in `expression`, nor its value, is negative."""
        try:
            steps = calculations(parse(expression, limits=UNLIMITED), limits=UNLIMITED)
        except DivisionByZero:
            # Rounding has made something else of the divisor.
            return False
        on_the_way = [rational for step in steps for rational in (step.left, step.right, step.result)]
        return value >= 0 and all(numerator >= 0 for numerator, _ in on_the_way)


class NontrivialDivisorsConstraint:
    """Keeps expressions in which nothing is divided by 1 or by itself, nor is 0 divided, whatever the signs.

    Divisions that come out even are mostly such: four of ten of whole numbers up to 99 are.

    >>> constraint = NontrivialDivisorsConstraint()
    >>> [constraint.holds(text, Fraction(2)) for text in ("6/3", "3/2*4/3", "2/1", "8/8+1", "0/7+2", "4/(3-2)-2")]
    [True, True, False, False, False, False]
    """

    def __str__(self) -> str:
        return "nontrivial-divisors"

    def keep(self, block: Block, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether every division has something to be divided; bool [n]."""
        exact = _exactly(block, values)
        working, rows = exact.working, np.arange(len(values))
        kept: NDArray[np.bool_] = exact.defined.copy()
        for step in range(working.operations.shape[1]):
            divisors, results = working.right[:, step], np.full(len(values), working.slots + step)
            trivial = np.zeros(len(values), bool)
            for registers in (divisors, results):
                whole = working.denominators[registers, rows] == 1
                trivial |= (np.abs(working.numerators[registers, rows]) <= 1) & whole
            kept &= ~(trivial & (working.operations[:, step] == DIVIDE))
        for row, value in exact.exact.items():
            kept[row] = value is not None and self.holds(str(block.expressions[row]), value)
        return kept

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether every division in `expression` has something to be divided."""
        try:
            steps = calculations(parse(expression, limits=UNLIMITED), limits=UNLIMITED)
        except DivisionByZero:
            # Rounding has made something else of the divisor.
            return False
        divisions = (step for step in steps if step.operator == "/")
        return not any(abs(above) <= 1 == below for step in divisions for above, below in (step.right, step.result))


def _exactly(block: Block, values: Values) -> Values:
    """Compute the values of a block without rounding."""
    if values.operation == "exact":
        return values
    return block_values(block, compile_skeletons(block.skeletons), "exact")


def divides_evenly(values: Values) -> NDArray[np.bool_]:
    """Tell the rows of a block in which every intermediate value is whole without rounding; bool [n]."""
    if modulus_of(values.operation) is not None:
        raise UnknownOperator(f"what comes out even is not asked {values.operation}: leave out what asks for it")
    working = values.working
    even: NDArray[np.bool_] = (working.denominators == 1).all(axis=0)
    if values.operation == "exact":
        return even
    # Under a policy that rounds, 7/2 is 3 in the registers: whether it came out even is asked of 7 and 2.
    for step in range(working.operations.shape[1]):
        rows = np.flatnonzero(working.operations[:, step] == DIVIDE)
        dividends = working.numerators[working.left[rows, step], rows]
        divisors = working.numerators[working.right[rows, step], rows]
        even[rows] &= dividends % np.where(divisors == 0, 1, divisors) == 0
    return even
