"""Answers as rounded decimal numbers, by integers alone."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from exprlearn.arithmetic.bounds import Extent, digits_between
from exprlearn.arithmetic.columns import write_integers
from exprlearn.arithmetic.divisions import DivisionPolicy, Written
from exprlearn.arithmetic.numerals import write_digits
from exprlearn.arithmetic.steps import SAFE, peak
from exprlearn.arithmetic.values import Values
from exprlearn.plugin import Options

Tie = Literal["half-even", "half-up", "down"]


class DecimalOptions(Options):
    """How far decimals go and how the rest is rounded."""

    digits: Annotated[int, Field(ge=0, le=100, description="digits behind the point")] = 2
    tie: Annotated[
        Tie,
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

    def _rounds_up(self, whole: int, rest: int, divisor: int) -> bool:
        if self.options.tie == "down" or 2 * rest < divisor:
            return False
        return 2 * rest > divisor or self.options.tie == "half-up" or whole % 2 == 1

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
        whole, rest = np.divmod(np.abs(numerators), denominators)
        behind, rest = np.divmod(rest * power, denominators)
        behind += self._round_up_rows(whole if power == 1 else behind, rest, denominators)
        whole, behind = whole + behind // power, behind % power
        negative = (numerators < 0) & ((whole > 0) | (behind > 0))
        text = np.strings.add(np.where(negative, "-", ""), write_integers(whole))
        return self._with_point(text, behind), np.ones(len(rows), bool)

    def _round_up_rows(
        self, whole: NDArray[np.int64], rest: NDArray[np.int64], divisor: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        if self.options.tie == "down":
            return np.zeros(len(rest), bool)
        tie_goes_up = (whole % 2 == 1) | (self.options.tie == "half-up")
        up: NDArray[np.bool_] = (2 * rest > divisor) | ((2 * rest == divisor) & tie_goes_up)
        return up

    def _with_point(self, text: NDArray[np.str_], behind: NDArray[np.int64]) -> NDArray[np.str_]:
        if not self.options.digits:
            return text
        decimals = np.strings.zfill(write_integers(behind), self.options.digits)
        full = np.strings.add(np.strings.add(text, "."), decimals)
        return full if self.options.trailing_zeros else np.strings.rstrip(np.strings.rstrip(full, "0"), ".")
