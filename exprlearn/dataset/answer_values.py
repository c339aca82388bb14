"""Answers as anybody writes them: what a text is worth, and whether two texts say the same."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from exprlearn.arithmetic import plain_signs
from exprlearn.arithmetic.numerals import read_digits

#: Digits, perhaps in groups of three; `[0-9]`, since \d also matches digits of other scripts.
DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)"

#: An unsigned answer: an integer, a decimal, a fraction, or a quotient with its remainder.
UNSIGNED = rf"(?:{DIGITS}(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+|\s?/\s?{DIGITS}|\s?(?:r|rem|remainder)\s?-?[0-9]+)?"

_READING = re.compile(
    rf"([+-]?)\s?(?:({DIGITS})\s?/\s?({DIGITS})|({DIGITS})?(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?"
    rf"(?:\s?(?:r|rem|remainder)\s?(-?[0-9]+))?)",
    re.IGNORECASE,
)

_NOT_DIGITS = re.compile(r"[^-/0-9]")

# Longer texts are no answers to compare by value, and tens to larger powers would fill the memory.
_LONGEST, _HIGHEST_POWER = 4096, 400


class Reading(NamedTuple):
    """What an answer says: a value, and what a division left over."""

    value: Fraction
    remainder: int


def read_answer(text: str) -> Reading | None:
    """Read a whole text as one answer; None when it is none.

    Integers, decimals, fractions, thousands in groups, powers of ten and remainders are understood; blanks around
    them and typographic signs as well.

    >>> read_answer("-1,200.50").value, read_answer("34/10").value, read_answer("3 r 2")
    (Fraction(-2401, 2), Fraction(17, 5), Reading(value=Fraction(3, 1), remainder=2))
    >>> read_answer("about 7") is read_answer("1/0") is None
    True
    """
    if len(text) > _LONGEST:
        return None
    found = _READING.fullmatch(plain_signs(text).strip())
    if found is None or not any(found.group(2, 4, 5)):
        return None
    sign, above, below, whole, behind, power, remainder = found.groups()
    value = _fraction(above, below) if above else _decimal(whole or "0", behind or "", power or "0")
    if value is None:
        return None
    return Reading(-value if sign == "-" else value, _integer(remainder or "0"))


def same_answer(given: str, truth: str, *, unreduced: bool = False) -> bool:
    """Tell whether two answers are the same text or say the same.

    Args:
        given: what is judged.
        truth: what it should say.
        unreduced: let `34/10` pass for `17/5`, and `16/2` for `8`. A model could then answer many questions by
            repeating them, so whoever rewards answers says no.

    >>> same_answer("3.40", "17/5"), same_answer("3 R 2", "3 r 2"), same_answer("3", "3 r 2")
    (True, True, False)
    >>> same_answer("16/2", "8"), same_answer("16/2", "8", unreduced=True)
    (False, True)
    """
    if given == truth:
        return True
    read = read_answer(given)
    if read is None or read != read_answer(truth):
        return False
    return unreduced or "/" not in given or _NOT_DIGITS.sub("", given).lstrip("-") == str(abs(read.value))


def _integer(digits: str) -> int:
    number = read_digits(digits.lstrip("-").replace(",", ""))
    return -number if digits.startswith("-") else number


def _fraction(above: str, below: str) -> Fraction | None:
    divisor = _integer(below)
    return Fraction(_integer(above), divisor) if divisor else None


def _decimal(whole: str, behind: str, power: str) -> Fraction | None:
    exponent = _integer(power.lstrip("+"))
    if abs(exponent) > _HIGHEST_POWER:
        return None
    return Fraction(_integer(whole + behind), 10 ** len(behind)) * Fraction(10) ** exponent
