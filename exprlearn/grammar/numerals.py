"""Counts of any size as text: Python writes integers of up to 4300 digits only."""

from __future__ import annotations

MOST_DIGITS = 4_000
"""A count of more digits is written as a power of ten."""

_LOG_10_OF_2 = 0.301029995663981195


def count_text(count: int, digits: int = MOST_DIGITS) -> str:
    """Write a count in full, or as about a power of ten when it has more than `digits` digits.

    >>> count_text(81**2), count_text(10**5000), count_text(2**200, digits=30)
    ('6561', '~10^5000', '~10^60')
    """
    if abs(count) < 10**digits:
        return str(count)
    return f"{'-' if count < 0 else ''}~10^{int((abs(count).bit_length() - 1) * _LOG_10_OF_2 + 0.5)}"
