"""Long multiplication and long division, written out after the calculation they belong to.

    342*361:342+20520=20862+102600=123462     342*1 and 342*60 are 20862, with 342*300 it is 123462
    756/18:40*720:36/18:2*36:0/18=42          40 times 18 takes 720 away and leaves 36; 2 times 18 takes 36 and leaves 0
    875/2:400*800:75/2:30*60:15/2:7*14:1/2=400+30=430+7=437      more than two estimates are added up

A product adds up the longer factor times each digit of the shorter one, units first, and keeps a running sum. A
quotient is estimated by the first two digits of the divisor; an estimate that was too large leaves a rest below 0, and
a negative one corrects it. The divisor stands behind each rest, so that whether it still fits is seen there. What has a
sign is worked out without it and ends with one more `=`.

    463/29:10*290:173/29:6*174:-1/29:-1*-29:28/29=10+6=16-1=15      with `wrong_estimates`: 6 times 29 is more than 173

Who learns only from right estimates goes on with a wrong one of its own as if it were right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, zip_longest

from pydantic import Field

from exprlearn.arithmetic.numerals import read_digits, write_digits
from exprlearn.plugin import Options, ShownLine, WorkingBounds
from exprlearn.working.forms import IS, EquationsWorking
from exprlearn.working.long_division import division_rounds
from exprlearn.working.reduction import WorkingStep

#: Stands between a calculation and its columns, and between the parts of a division.
COLUMNS = ":"

_INTEGER = re.compile(r"-?[0-9]+")
_SUM = re.compile(r"-?[0-9]+([+-])[0-9]+")
_INTEGERS = re.compile(r"(-?[0-9]+)([*/])(-?[0-9]+)")


class ColumnsOptions(Options):
    """Options of `columns`."""

    wrong_estimates: float = Field(
        default=0.0, ge=0, le=0.5, description="Share of estimates in divisions that are one too large or too small."
    )


class ColumnsWorking(EquationsWorking):
    """Writes each calculation with its value, and how products and quotients of longer numbers come about.

    >>> from exprlearn.working import steps
    >>> ColumnsWorking().write(steps("342*36-7"), "12305")
    '342*36:2052+10260=12312;12312-7=12305'
    """

    characters = "=;:+-*/|0123456789"

    def __init__(self, options: ColumnsOptions | None = None) -> None:
        self.wrong_estimates = 0.0 if options is None else options.wrong_estimates

    def __str__(self) -> str:
        return "columns"

    def equation(self, step: WorkingStep, value: str) -> str:
        """Write one calculation, its columns if it has some, and what it comes to."""
        shown = self._columns(step)
        if not shown:
            return super().equation(step, value)
        ends = shown.rpartition(IS)[2] == value
        return f"{step.calculation}{COLUMNS}{shown}" + ("" if ends else f"{IS}{value}")

    def _columns(self, step: WorkingStep) -> str:
        if step.left is None or step.operator not in "*/" or not _whole(step.left, step.right, step.value):
            return ""
        left, right = step.left.numerator, step.right.numerator
        if step.operator == "*":
            return IS.join(_running_sums(partial_products(left, right)))
        is_long = abs(right) > 9 or abs(step.value) > 9
        # What is estimated wrongly is best corrected from the first quotient on.
        rounds = division_rounds(left, right, self.wrong_estimates) if is_long or self.wrong_estimates else []
        by = write_digits(abs(right))
        shown = COLUMNS.join(f"{write_digits(e)}*{write_digits(p)}:{write_digits(r)}/{by}" for e, p, r in rounds)
        sums = IS.join(_running_sums([each.estimate for each in rounds])) if len(rounds) > 2 else ""
        return f"{shown}{IS}{sums}" if sums else shown

    def part_lines(self, part: str) -> list[ShownLine]:
        """List the steps of the columns, then the calculation they serve.

        >>> [(line.expression, line.stated) for line in ColumnsWorking().part_lines("342*36:2052+10260=12312")]
        [('342*6', '2052'), ('342*30', '10260'), ('2052+10260', '12312'), ('342*36', '12312')]
        """
        calculation, mark, shown = part.partition(COLUMNS)
        if not mark:
            return super().part_lines(part)
        found = _INTEGERS.fullmatch(calculation)
        if not found:
            # Nothing else has columns: they are shown as they are, which is no expression.
            value = shown.rpartition(IS)[2]
            return [ShownLine(COLUMNS + shown, value, is_part=True), ShownLine(calculation, value)]
        left, right = _read(found[1]), _read(found[3])
        if found[2] == "*":
            value = shown.rpartition(IS)[2] if IS in shown else ""
            return [*_product_parts(shown, left, right), ShownLine(calculation, value)]
        rounds, _, shown = shown.partition(IS)
        *sums, value = shown.split(IS)
        return [*_quotient_parts(rounds, sums, value, left, right), ShownLine(calculation, value)]

    def longest(self, bounds: WorkingBounds) -> int:
        """Count for each calculation a partial product or two rounds of a division, and their sums, for every digit."""
        digit: int = (2 * bounds.number + 5) * (5 * bounds.number + 9)
        if self.wrong_estimates:
            # A digit may take an estimate that is too small, one that is too large, and what gives back too much.
            digit *= 3
        return super().longest(bounds) + bounds.steps * digit


def partial_products(left: int, right: int) -> list[int]:
    """Multiply the longer factor by each digit of the shorter one that is not 0, units first, without signs.

    Nothing is listed where one product is all.

    >>> partial_products(342, -36), partial_products(342, 30)
    ([2052, 10260], [])
    """
    products = [longer * share for longer, share in _shares(left, right)]
    return products if len(products) > 1 else []


def _shares(left: int, right: int) -> Iterator[tuple[int, int]]:
    """Yield the longer factor, and a digit of the shorter one with its zeros, for each that is not 0."""
    longer, shorter = abs(left), abs(right)
    if len(write_digits(longer)) < len(write_digits(shorter)):
        longer, shorter = shorter, longer
    for place, digit in enumerate(reversed(write_digits(shorter))):
        if digit != "0":
            yield longer, int(digit) * 10**place


def _digits_that_count(left: int, right: int) -> int:
    """Count the digits of the shorter factor that are not 0, as many as there are partial products."""
    shorter = min(write_digits(abs(right)), write_digits(abs(left)), key=len)
    return len(shorter) - shorter.count("0")


def _running_sums(numbers: list[int]) -> Iterator[str]:
    """Yield `2052+10260`, then `12312+…` or `12312-…` for each further number, then the sum."""
    if numbers:
        total = numbers[0]
        for number in numbers[1:]:
            yield f"{write_digits(total)}{'-' if number < 0 else '+'}{write_digits(abs(number))}"
            total += number
        yield write_digits(total)


def _product_parts(shown: str, left: int, right: int) -> list[ShownLine]:
    sums = shown.split(IS)
    terms = [sums[0].partition("+")[0], *(each.partition("+")[2] for each in sums if "+" in each)]
    shares = _shares(left, right)
    products = [
        ShownLine(f"{write_digits(longer)}*{write_digits(share)}", term, is_part=True)
        for term, (longer, share) in zip(terms, shares, strict=False)
    ]
    added = [
        ShownLine(each, following.partition("+")[0], is_part=True)
        for each, following in zip(sums, [*sums[1:], ""], strict=True)
        if "+" in each
    ]
    # Of n products there are n - 1 sums, then what they come to, then perhaps that with its sign.
    count = _digits_that_count(left, right)
    follows = all(("+" in each) == (place < count - 1) for place, each in enumerate(sums[:-1]))
    if not follows or len(sums) > count + 1:
        return [*products, *added, ShownLine(COLUMNS + shown, sums[-1], is_part=True)]
    return products + added


def _quotient_parts(rounds: str, sums: list[str], value: str, dividend: int, divisor: int) -> list[ShownLine]:
    rest, by = write_digits(dividend if divisor > 0 else -dividend), write_digits(abs(divisor))
    found: list[ShownLine] = []
    estimates: list[str] = []
    rests: list[str] = []
    shown = rounds.split(COLUMNS)
    for taken, after in zip_longest(shown[::2], shown[1::2], fillvalue=""):
        estimate, _, product = taken.partition("*")
        left, _, beside = after.partition("/")
        found.append(ShownLine(f"{estimate}*{by}", product, is_part=True))
        found.append(ShownLine(f"{rest}-{product}", left, is_part=True))
        if beside != by:
            found.append(ShownLine(by, beside, is_part=True))
        rest = left
        rests.append(rest)
        estimates.append(estimate)
    is_read = all(map(_INTEGER.fullmatch, estimates))
    # What is left is divided by the same divisor, and the estimates that follow tell by how much it comes to.
    quotient = 0
    for place in reversed(range(1, len(rests) if is_read else 0)):
        quotient += _read(estimates[place])
        found.append(ShownLine(f"{rests[place - 1]}/{by}", write_digits(quotient), is_part=True))
    for each, following in pairwise([*sums, value]):
        if _SUM.fullmatch(each):
            begun = _SUM.fullmatch(following)
            total = following[: begun.start(1)] if begun else following
            found.append(ShownLine(each, total, is_part=True))
        elif _INTEGER.fullmatch(each):
            # What the sums come to stands there once more, before a policy writes more behind it.
            found.append(ShownLine("+".join(estimates), each, is_part=True))
        else:
            found.append(ShownLine(COLUMNS + each, following, is_part=True))
    if value and divisor and is_read and sum(map(_read, estimates)) != dividend // divisor:
        # The division was left before its end.
        found.append(ShownLine("+".join(estimates), value, is_part=True))
    return found


def _read(number: str) -> int:
    return -read_digits(number[1:]) if number.startswith("-") else read_digits(number)


def _whole(*values: Fraction) -> bool:
    return all(value.denominator == 1 for value in values)
