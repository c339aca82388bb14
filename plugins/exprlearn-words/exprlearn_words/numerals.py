"""Whole numbers in English words, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
HUNDRED = "hundred"
SCALES = ("thousand", "million", "billion", "trillion", "quadrillion", "quintillion")
WORDS = (*UNITS, *TENS, HUNDRED, *SCALES)

MOST_DIGITS = 3 * (len(SCALES) + 1)
_VALUES = dict(zip(UNITS, range(20), strict=True)) | dict(zip(TENS, range(20, 100, 10), strict=True))


def spelled(numeral: str) -> list[str]:
    """Write a numeral in words; zeros in front stay, and what has no name is written digit by digit.

    >>> spelled("42"), spelled("1205"), spelled("07")
    (['forty', 'two'], ['one', 'thousand', 'two', 'hundred', 'five'], ['zero', 'seven'])
    """
    rest = numeral.lstrip("0")
    zeros = [UNITS[0]] * (len(numeral) - len(rest))
    if len(rest) > MOST_DIGITS:
        return zeros + [UNITS[int(digit)] for digit in rest]
    return zeros + list(_named(rest))


def numeral_of(words: Sequence[str]) -> str | None:
    """Read words that `spelled` may have written; None for any others.

    >>> numeral_of(["one", "thousand", "two", "hundred", "five"]), numeral_of(["two", "forty"])
    ('1205', None)
    """
    zeros = next((place for place, word in enumerate(words) if word != UNITS[0]), len(words))
    rest = words[zeros:]
    digits = "".join(str(_VALUES.get(word, "")) for word in rest)
    # Only one of the two is how the number is written, and nothing else reads as a number.
    for read in (str(_total(rest) or ""), digits):
        if spelled("0" * zeros + read) == list(words):
            return "0" * zeros + read
    return None


def most_words(digits: int) -> int:
    """Return the most words that a numeral of so many digits takes.

    >>> [most_words(digits) for digits in (1, 2, 3, 4, 6)]
    [1, 2, 4, 6, 9]
    """
    groups, first = divmod(min(digits, MOST_DIGITS) - 1, 3)
    return max(digits, (1, 2, 4)[first] + 5 * groups)


def _named(numeral: str) -> Iterator[str]:
    """Yield the words of a numeral without zeros in front, three digits after three."""
    for scale in range((len(numeral) - 1) // 3, -1, -1):
        group = int(numeral[: len(numeral) - 3 * scale][-3:])
        hundreds, below = divmod(group, 100)
        if hundreds:
            yield from (UNITS[hundreds], HUNDRED)
        if below >= 20:
            yield TENS[below // 10 - 2]
        if below % 10 if below >= 20 else below:
            yield UNITS[below % 10 if below >= 20 else below]
        if group and scale:
            yield SCALES[scale - 1]


def _total(words: Sequence[str]) -> int:
    """Add up what words say, in whatever order they come."""
    total = group = 0
    for word in words:
        if word == HUNDRED:
            group *= 100
        elif word in SCALES:
            total += group * 1000 ** (SCALES.index(word) + 1)
            group = 0
        else:
            group += _VALUES.get(word, 0)
    return total + group
