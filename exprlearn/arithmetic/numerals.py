"""Integers to decimal digits and back, one by one, free of the interpreter's limit on conversions.

Python refuses to convert more than `sys.get_int_max_str_digits()` digits, a setting of the process that
anybody may lower to 640. Pieces below that always convert.
"""

from __future__ import annotations

_PIECE = 600
_POWER = 10**_PIECE


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
