"""Division policies: an operation rule and a writing rule.

The operation rule says what every `/` of an expression does: `exact` keeps the rational quotient, `floor`
rounds each quotient down. The writing rule turns the value of the whole expression into the answer, or refuses.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from fractions import Fraction
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from exprlearn.arithmetic.bounds import Extent, digits_between
from exprlearn.arithmetic.evaluation import Operation, calculations, evaluate, reduce_modulo
from exprlearn.arithmetic.numeral_columns import write_fractions, write_integers
from exprlearn.arithmetic.numerals import write_digits
from exprlearn.arithmetic.operators import Operators, Truth
from exprlearn.arithmetic.parsing import DEFAULT_LIMITS, UNLIMITED, Limits, parse, quoted
from exprlearn.arithmetic.programs import DIVIDE
from exprlearn.arithmetic.values import SAFE, Integers, Values, peak
from exprlearn.errors import DivisionByZero, EvaluationError, ExpressionSyntaxError, NotAnInteger, UnknownOperator
from exprlearn.plugin import Division, Options

#: The characters of integers.
INTEGERS = "-0123456789"

Written = tuple[NDArray[np.str_], NDArray[np.bool_]]


def answer(expression: str, division: Division, *, limits: Limits = DEFAULT_LIMITS, operators: Operators = ()) -> str:
    """Answer one expression as a division policy writes it; raises `EvaluationError` and its children only.

    `operators` are those of plugins that it is read with.

    >>> answer("17/5+1", FractionPolicy()), answer("17/5+1", FloorPolicy())
    ('22/5', '4')
    """
    value = evaluate(expression, operation=division.operation, limits=limits, operators=operators)
    return write_answer(value, division, expression)


def write_answer(value: Fraction, division: Division, expression: str) -> str:
    """Write the value of an expression: a truth value as true or false, a number as the division policy does.

    >>> write_answer(Truth(1), FractionPolicy(), "3<5"), write_answer(Fraction(1, 2), FractionPolicy(), "1/2")
    ('true', '1/2')
    """
    return str(value) if isinstance(value, Truth) else division.answer(value, expression)


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
        """Write the value of `expression`; an `EvaluationError`, built-in `NotAnInteger`, where there is no way to."""

    def longest(self, extent: Extent) -> float:
        """Return how many characters no answer exceeds, given what is known of all values; infinite if nothing is."""
        return extent.sign + extent.whole_digits if set(self.characters) <= set(INTEGERS) else math.inf

    def answers(self, values: Values) -> Written:
        """Write the answers of n values of this operation; '<U' [n], and bool [n], False where there is none."""
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
            return write_answer(value, self, str(values.expressions[row]))
        except EvaluationError:
            return None


class ExactOnlyPolicy(DivisionPolicy):
    """Computes exactly and answers only what comes out whole; values on the way may be fractions.

    >>> ExactOnlyPolicy().answer(Fraction(8), "16/2")
    '8'
    """

    def __str__(self) -> str:
        return "exact-only"

    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write a whole value; any other is a `NotAnInteger`."""
        if value.denominator != 1:
            raise NotAnInteger(
                f"{quoted(expression)} is no integer; choose another division policy, such as --division fraction",
                expression=expression,
            )
        return write_digits(value.numerator)

    def keep_values(self, numerators: Integers, denominators: Integers) -> NDArray[np.bool_]:
        """Tell for each value whether it is whole and so has an answer; bool [n]."""
        whole: NDArray[np.bool_] = denominators == 1
        return whole

    def write_rows(self, values: Values, rows: NDArray[np.intp]) -> Written:
        """Write the whole values among some rows."""
        kept = values.denominators[rows] == 1
        return write_integers(np.where(kept, values.numerators[rows], 0)), kept


class FractionPolicy(DivisionPolicy):
    """Computes exactly and writes a reduced fraction, or an integer when the value is whole.

    >>> FractionPolicy().answer(Fraction(34, -10)), FractionPolicy().answer(Fraction(4))
    ('-17/5', '4')
    """

    characters = "-/0123456789"

    def __str__(self) -> str:
        return "fraction"

    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write any value."""
        numerator = write_digits(value.numerator)
        return numerator if value.denominator == 1 else f"{numerator}/{write_digits(value.denominator)}"

    def longest(self, extent: Extent) -> float:
        """Return the room for a sign, and for numerator, stroke and denominator where values may be broken."""
        if extent.denominator <= 1:
            return extent.sign + extent.whole_digits
        above = digits_between(extent.low * extent.denominator, extent.high * extent.denominator)
        return extent.sign + min(extent.digits, above + digits_between(1, extent.denominator)) + 1

    def write_rows(self, values: Values, rows: NDArray[np.intp]) -> Written:
        """Write all of some rows."""
        columns = values.numerators, values.denominators
        if len(rows) < len(values):
            columns = columns[0].take(rows), columns[1].take(rows)
        return write_fractions(*columns), np.ones(len(rows), bool)


class FloorPolicy(ExactOnlyPolicy):
    """Rounds every quotient down, towards minus infinity, as Python's `//`; all values stay whole.

    `-7/2` is -4, and `7/2*2` is 6, since the division is done first.

    >>> answer("-7/2", FloorPolicy()), answer("7/2*2", FloorPolicy())
    ('-4', '6')
    """

    operation: Operation = "floor"

    def __str__(self) -> str:
        return "floor"


class ModularOptions(Options):
    """How far is counted."""

    modulus: Annotated[int, Field(ge=2, le=1_000_000, description="counting begins at 0 again here; best a prime")] = 97


class ModularPolicy(ExactOnlyPolicy):
    """Computes with the whole numbers below a modulus: 50+60 is 13 modulo 97, and 1/2 is 49, for 2*49 is 1.

    A divisor without an inverse, such as any multiple of a prime modulus, divides by zero.

    >>> [answer(text, ModularPolicy()) for text in ("50+60", "1/2", "3-5", "2*49")]
    ['13', '49', '95', '1']
    """

    characters = "0123456789"

    def __init__(self, options: ModularOptions | None = None) -> None:
        self.modulus = (options or ModularOptions()).modulus
        self.operation = f"modulo {self.modulus}"

    def __str__(self) -> str:
        return self.operation

    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write a value, counted modulo the modulus."""
        try:
            return write_digits(reduce_modulo((value.numerator, value.denominator), self.modulus))
        except ZeroDivisionError:
            raise DivisionByZero(f"{quoted(expression)} divides by zero {self}", expression=expression) from None


class FloorRemainderPolicy(DivisionPolicy):
    """Rounds every quotient down, and names the remainder when the division is the last thing done.

    `17/5` is `3 r 2`, and so is `(17/5)`; `34/10` is `3 r 4`, not reduced. In `17/5+1` the quotient goes on
    without its remainder: `4`. A remainder of zero is left out: `15/5` is `3`. The remainder has the divisor's
    sign, as Python's `%`: `-17/5` is `-4 r 3` and `17/-5` is `-4 r -3`, so quotient * divisor + remainder is
    always the dividend.

    >>> [answer(text, FloorRemainderPolicy()) for text in ("17/5", "17/5+1", "15/5", "-17/5", "17/-5")]
    ['3 r 2', '4', '3', '-4 r 3', '-4 r -3']
    """

    operation: Operation = "floor"
    characters = "-0123456789 r"

    def __str__(self) -> str:
        return "floor-remainder"

    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write a whole value, with the remainder of a last division; any other is a `NotAnInteger`."""
        quotient = ExactOnlyPolicy().answer(value, expression)
        try:
            tree = parse(expression, limits=UNLIMITED)
        except ExpressionSyntaxError:
            # Nothing tells what was done last in no expression at all.
            if not expression:
                raise
            raise UnknownOperator(
                f"remainders are known of + - * / alone, not of {quoted(expression)}: --division floor",
                expression=expression,
            ) from None
        if tree.last_operation != "/":
            return quotient
        last = calculations(tree, operation="floor", limits=UNLIMITED)[-1]
        remainder = last.left[0] % last.right[0]
        return f"{quotient} r {write_digits(remainder)}" if remainder else quotient

    def longest(self, extent: Extent) -> float:
        """Return the room for a quotient and, where one may be left, a remainder."""
        quotient = extent.sign + extent.whole_digits
        if extent.remainder_low == extent.remainder_high:
            return quotient
        sign = int(extent.remainder_low < 0)
        return quotient + len(" r ") + sign + digits_between(extent.remainder_low, extent.remainder_high)

    def write_rows(self, values: Values, rows: NDArray[np.intp]) -> Written:
        """Write all of some rows."""
        quotients, remainders = write_integers(values.numerators[rows]), _remainders(values, rows)
        both = np.strings.add(np.strings.add(quotients, " r "), write_integers(remainders))
        return np.where(remainders == 0, quotients, both), np.ones(len(rows), bool)


def _remainders(values: Values, rows: NDArray[np.intp]) -> Integers:
    """Compute what the last division of each row leaves, 0 where another operation comes last; int64 [m]."""
    working, remainders = values.working, np.zeros(len(rows), np.int64)
    # Calculation j writes register slots + j: of `7/2` register 2 is the value, so calculation 0 comes last.
    step = working.results[rows].astype(np.intp) - working.slots
    operations = working.operations[rows]
    found = np.flatnonzero(step >= 0)
    found = found[operations[found, step[found]] == DIVIDE]
    chosen, steps = rows[found], step[found]
    dividends = working.numerators[working.left[chosen, steps], chosen]
    divisors = working.numerators[working.right[chosen, steps], chosen]
    remainders[found] = dividends % divisors
    return remainders


class DecimalOptions(Options):
    """How far decimals go and how the rest is rounded."""

    digits: Annotated[int, Field(ge=0, le=100, description="digits behind the point")] = 2
    tie: Annotated[
        Literal["half-even", "half-up", "down"],
        Field(description="half-even: ties to the even digit; half-up: ties away from zero; down: cut off"),
    ] = "half-even"
    trailing_zeros: Annotated[bool, Field(description="write 3.50 and 3.00 instead of 3.5 and 3")] = False


class DecimalPolicy(DivisionPolicy):
    """Computes exactly and rounds once, at the end, to a fixed number of digits behind the point.

    >>> [DecimalPolicy().answer(value) for value in (Fraction(17, 5), Fraction(-2, 3), Fraction(4), Fraction(-1, 999))]
    ['3.4', '-0.67', '4', '0']
    """

    characters = "-.0123456789"

    def __init__(self, options: DecimalOptions | None = None) -> None:
        self.options = options or DecimalOptions()

    def __str__(self) -> str:
        return f"decimal to {self.options.digits} digits"

    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write any value, rounded."""
        digits = self.options.digits
        whole, rest = divmod(abs(value.numerator) * 10**digits, value.denominator)
        scaled = whole + self._rounds_up(whole, rest, value.denominator)
        text = write_digits(scaled).zfill(digits + 1)
        if digits:
            text = f"{text[:-digits]}.{text[-digits:]}"
            text = text if self.options.trailing_zeros else text.rstrip("0").rstrip(".")
        return f"-{text}" if value < 0 and scaled else text

    def _rounds_up(self, whole: Any, rest: Any, divisor: Any) -> Any:
        """Tell whether whole + rest/divisor is rounded up; integers, or int64 [n] each."""
        if self.options.tie == "down":
            return rest < 0
        tie_goes_up = (whole % 2 == 1) | (self.options.tie == "half-up")
        return (2 * rest > divisor) | ((2 * rest == divisor) & tie_goes_up)

    def longest(self, extent: Extent) -> float:
        """Return the room for a sign, the digits before the point, the point and those behind."""
        before = min(extent.digits, digits_between(extent.low - 1, extent.high + 1))
        return extent.sign + before + bool(self.options.digits) + self.options.digits

    def write_rows(self, values: Values, rows: NDArray[np.intp]) -> Written:
        """Write all of some rows, rounded."""
        numerators, denominators = values.numerators[rows], values.denominators[rows]
        power = 10**self.options.digits
        if peak(denominators) * power * 2 >= SAFE:
            return super().write_rows(values, rows)
        # 29/3 to two digits: 9 rest 2, 200/3 is 66 rest 2, rounded up to 67. 2999/1000 rounds up to 3 and 00 behind it.
        whole, rest = np.divmod(np.abs(numerators), denominators)
        behind, rest = np.divmod(rest * power, denominators)
        behind += self._rounds_up(whole if power == 1 else behind, rest, denominators)
        whole, behind = whole + behind // power, behind % power
        negative = (numerators < 0) & ((whole > 0) | (behind > 0))
        text = np.strings.add(np.where(negative, "-", ""), write_integers(whole))
        return self._with_point(text, behind), np.ones(len(rows), bool)

    def _with_point(self, text: NDArray[np.str_], behind: Integers) -> NDArray[np.str_]:
        if not self.options.digits:
            return text
        decimals = np.strings.zfill(write_integers(behind), self.options.digits)
        full = np.strings.add(np.strings.add(text, "."), decimals)
        return full if self.options.trailing_zeros else np.strings.rstrip(np.strings.rstrip(full, "0"), ".")
