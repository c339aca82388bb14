"""How many there are, written for people: counts of any size, and estimates with what they lie between."""

from __future__ import annotations

MOST_DIGITS = 4_000
"""A count of more digits is written as a power of ten: Python writes integers of up to 4300 digits only."""

_LOG_10_OF_2 = 0.301029995663981195
# From here on counts are written by their power of ten, an estimate with so many digits behind its first.
_LARGE, _DECIMALS = 10**12, 3


def count_text(count: int, digits: int = MOST_DIGITS) -> str:
    """Write a count in full, or as about a power of ten when it has more than `digits` digits.

    >>> count_text(81**2), count_text(10**5000), count_text(2**200, digits=30)
    ('6561', '~10^5000', '~10^60')
    """
    if abs(count) < 10**digits:
        return str(count)
    return f"{'-' if count < 0 else ''}~10^{int((abs(count).bit_length() - 1) * _LOG_10_OF_2 + 0.5)}"


def counted(count: int) -> str:
    """Write a count in groups of three digits; one of thousands of digits as about a power of ten.

    >>> counted(393216)
    '393 216'
    """
    return f"{count:,}".replace(",", " ") if abs(count) < 10**MOST_DIGITS else count_text(count)


def amount(count: int) -> str:
    """Write a count of any size: large ones by their power of ten.

    >>> amount(10000), amount(3 * 10**20)
    ('10 000', 'about 3·10^20')
    """
    if count < _LARGE or count >= 10**MOST_DIGITS:
        return counted(count)
    return f"about {str(count)[0]}·10^{len(str(count)) - 1}"


def estimated(count: int, said: str, low: int = 0, high: int = 0) -> str:
    """Write a count that is `exact`, an `estimate` between `low` and `high`, or what there are `at most`.

    What is not exact has as many digits as it is known to: two of them where it has no bounds.

    >>> estimated(12345, "exact"), estimated(3 * 10**20, "at most")
    ('12 345', 'at most 3·10^20')
    >>> estimated(2_812_345, "estimate", 2_790_112, 2_834_567)
    'about 2 812 000 (2 790 000–2 835 000)'
    >>> estimated(324 * 10**16, "estimate", 321 * 10**16, 328 * 10**16)
    'about 3.24·10^18 (3.21·10^18–3.28·10^18)'
    """
    if said == "exact":
        return amount(count)
    if count >= 10**MOST_DIGITS:
        return count_text(count)
    if not high:
        return f"{'about' if said == 'estimate' else said} {_rounded(count, 10 ** max(0, len(str(count)) - 2))}"
    unit = 10 ** max(0, len(str(high - low)) - 2)
    return f"about {_rounded(count, unit)} ({_rounded(low, unit)}–{_rounded(high, unit)})"


def _rounded(count: int, unit: int) -> str:
    """Round a count to a power of ten, and write it by its own power where it is large."""
    whole = (count + unit // 2) // unit * unit
    digits = str(whole)
    if whole < _LARGE:
        return counted(whole)
    decimals = digits[1 : 1 + min(_DECIMALS, len(digits) - len(str(unit)))].rstrip("0")
    return f"{digits[0]}{'.' if decimals else ''}{decimals}·10^{len(digits) - 1}"
