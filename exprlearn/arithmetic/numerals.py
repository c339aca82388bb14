"""Integers to decimal digits and back, one by one and by the column, free of the interpreter's limit on conversions.

Python refuses to convert more than `sys.get_int_max_str_digits()` digits, a setting of the process that
anybody may lower to 640. Pieces below that always convert.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PIECE = 600
_POWER = 10**_PIECE
_POWERS = np.array([10**digits for digits in range(1, 19)], np.int64)


def read_digits(digits: str) -> int:
    """Read decimal digits of any number; leading zeros count nothing.

    >>> read_digits("007")
    7
    """
    if len(digits) <= _PIECE:
        return int(digits)
    number = 0
    for start in range(0, len(digits), _PIECE):
        piece = digits[start : start + _PIECE]
        number = number * 10 ** len(piece) + int(piece)
    return number


def write_digits(number: int) -> str:
    """Write an integer of any size in decimal digits.

    >>> write_digits(-70)
    '-70'
    """
    if -_POWER < number < _POWER:
        return str(number)
    sign, rest, pieces = "-" if number < 0 else "", abs(number), []
    while rest:
        rest, piece = divmod(rest, _POWER)
        pieces.append(f"{piece:0{_PIECE}d}")
    return sign + "".join(reversed(pieces)).lstrip("0")


def write_integers(numbers: NDArray[np.int64]) -> NDArray[np.str_]:
    """Write a column of integers in as few characters as the longest needs; '<U' [n].

    >>> write_integers(np.array([7, -12]))
    array(['7', '-12'], dtype='<U3')
    """
    lowest, highest = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    text = f"<U{max(len(str(lowest)), len(str(highest)))}"
    if highest - lowest < len(numbers):
        # Many numbers of a short range: each that may come is written once and looked up, three times as fast.
        # 7 9 7 7 of the range 7..9 are the texts 0 2 0 0 of "7" "8" "9".
        return np.arange(lowest, highest + 1).astype(text).take(numbers - lowest)
    return numbers.astype(text)


def write_fractions(numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.str_]:
    """Write fractions, and integers where the denominator is 1; '<U' [n].

    >>> write_fractions(np.array([7, -12]), np.array([1, 5]))
    array(['7', '-12/5'], dtype='<U5')
    """
    above = write_integers(numerators)
    if int(denominators.max(initial=1)) == 1:
        return above
    below = np.where(denominators == 1, "", np.strings.add("/", write_integers(denominators)))
    written = np.strings.add(above, below)
    return written.astype(f"<U{int(np.strings.str_len(written).max())}")


def count_digits(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the decimal digits of integers ≥ 0, whatever the shape; 0 has one.

    >>> count_digits(np.array([0, 9, 10, 10**18])).tolist()
    [1, 1, 2, 19]
    """
    return (np.searchsorted(_POWERS, numbers, side="right") + 1).astype(np.int64)
