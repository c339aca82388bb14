"""Long division by estimates that are corrected, rounded down.

A quotient is estimated by the first two digits of the divisor. An estimate that was too large leaves a rest below 0,
and one unit of its first digit is given back. Some may be wrong on purpose, so that correcting is learned.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from exprlearn.arithmetic.numerals import write_digits


class DivisionRound(NamedTuple):
    """One round of a long division: the estimate, what it takes away, what is left."""

    estimate: int
    product: int
    rest: int


def division_rounds(dividend: int, divisor: int, wrong: float = 0.0) -> list[DivisionRound]:
    """Divide by estimates, rounding down; the estimates add up to the quotient, the last rest is what is left.

    A divisor below 0 makes both numbers change their signs first. A share `wrong` of the estimates has a first digit
    that is one too large or too small; which ones follows from rest and divisor.

    >>> division_rounds(756, 18)
    [DivisionRound(estimate=40, product=720, rest=36), DivisionRound(estimate=2, product=36, rest=0)]
    >>> [round.estimate for round in division_rounds(59400, 198)]
    [300]
    >>> [round.estimate for round in division_rounds(5999, 1999)]
    [3]
    >>> [round.estimate for round in division_rounds(11980, 1199)]
    [10, -1]
    >>> [round.estimate for round in division_rounds(463, 29, wrong=0.5)]
    [10, 6, -1]
    """
    rest, by = (dividend, divisor) if divisor > 0 else (-dividend, -divisor)
    place = 10 ** max(len(write_digits(by)) - 2, 0)
    rounds: list[DivisionRound] = []
    estimate = 0
    while not 0 <= rest < by:
        if rest > 0:
            estimate = _leading(rest // (by // place * place))
            estimate = _mislead(estimate, f"{rest}/{by}", wrong) if wrong else estimate
        else:
            # What remains to be given back after that, and a dividend below 0, are estimated exactly.
            estimate = -_given_back(estimate) if estimate > 0 else _leading(rest // by)
        rest -= estimate * by
        rounds.append(DivisionRound(estimate, estimate * by, rest))
    return rounds


def _leading(number: int) -> int:
    """Keep the first digit of a number that is not 0; the others become 0."""
    power: int = 10 ** (len(write_digits(abs(number))) - 1)
    return abs(number) // power * power * (1 if number > 0 else -1)


def _given_back(estimate: int) -> int:
    """Return one unit of the first digit of an estimate that was too large: of 60 it is 10, of 10 it is 1."""
    power: int = 10 ** (len(write_digits(estimate)) - 1)
    return power if estimate > power else max(power // 10, 1)


def _mislead(estimate: int, key: str, share: float) -> int:
    """Make the first digit of an estimate above 0 one larger or smaller, for this share of keys, where some is left."""
    power: int = 10 ** (len(write_digits(estimate)) - 1)
    drawn = int.from_bytes(blake2b(key.encode(), digest_size=8, person=b"estimate").digest(), "little") / 2**64
    if drawn < share / 2:
        return estimate + power
    return estimate - power if drawn < share and estimate > power else estimate
