"""Many expressions read at once from their texts: the numbers and the pattern of each, as of blocks that are drawn.

Texts are looked at as one run of characters, so that nothing here is done once for each of them in Python but telling
which are plain. Others, which may be expressions still, are left to the parser that reads one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import digits as DIGITS
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.programs import NUMBER_TOKEN, PAD_TOKEN, are_regular
from exprlearn.sampling.ordering.hashing import mix_array
from exprlearn.sampling.writing.block import SkeletonTable

Element = TypeVar("Element", bound=np.generic)

#: Characters of the longest text that is read in a block.
LONGEST = 80

LITERALS = ("+", "-", "*", "/", "(", ")")

# Numbers of so many digits fit int64.
_MOST_DIGITS = 18
_PLAIN = re.compile(rf"(?!.*[0-9]{{{_MOST_DIGITS + 1}}})[-+*/()0-9]{{1,{LONGEST}}}")

_END, _ODD = len(LITERALS), len(LITERALS) + 1


def _token_of(character: int) -> int:
    sign = chr(character)
    if sign in LITERALS:
        return LITERALS.index(sign)
    return NUMBER_TOKEN if sign in DIGITS else _END if sign == "\n" else _ODD


_TOKENS = np.array([_token_of(character) for character in range(256)], np.int16)
_NO_SIGNS = bytes(character if chr(character) in DIGITS else ord(" ") for character in range(256))


@dataclass(frozen=True, eq=False)
class TextBlock:
    """n expressions that were read from their texts; see `exprlearn.arithmetic.programs.ExpressionBlock`.

    Attributes:
        skeletons: their patterns.
        rows: int64 [n], the pattern of each.
        numbers: int64 [n, slots], the numbers of each from left to right, 0 behind the last one.
        expressions: '<U' [n], the texts.
    """

    skeletons: SkeletonTable
    rows: NDArray[np.int64]
    numbers: NDArray[np.int64]
    expressions: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.rows)


def read_texts(texts: Sequence[str]) -> tuple[NDArray[np.intp], TextBlock]:
    """Read those of n texts that are expressions of digits, `+ - * /` and round brackets alone, neither long nor large.

    Returns:
        Which texts were read, intp [m], rising, and what they say. The others are no expressions, or hold other signs,
        more than `LONGEST` characters, or a number of more than 18 digits.

    >>> chosen, block = read_texts(["1+20", "what?", "(3-4)*5", "6+", ""])
    >>> chosen.tolist(), block.numbers.tolist()
    ([0, 2], [[1, 20, 0], [3, 4, 5]])
    """
    plain = _plain_rows(texts)
    written = [texts[row] for row in plain.tolist()] if len(plain) < len(texts) else texts
    tokens, numbers = _split("\n".join([*written, ""]).encode())
    patterns, rows = _different(tokens)
    regular = are_regular(_table(patterns, 0))
    read = np.flatnonzero(regular[rows])
    # Of patterns that are regular, not, and regular, the first and the last become rows 0 and 1 of the table.
    places = np.cumsum(regular) - 1
    patterns = patterns[regular]
    slots = int((patterns == NUMBER_TOKEN).sum(axis=1).max(initial=0))
    expressions = np.array(written, np.str_)[read]
    return plain[read], TextBlock(_table(patterns, slots), places[rows[read]], numbers[read, :slots], expressions)


def _table(patterns: NDArray[np.int16], slots: int) -> SkeletonTable:
    # Which column a number is from does not count where the numbers themselves are known.
    return SkeletonTable(patterns, np.empty((len(patterns), slots), np.int16), LITERALS)


def _plain_rows(texts: Sequence[str]) -> NDArray[np.intp]:
    """Find the texts of some digits, signs and brackets, and no large number; intp [m], rising."""
    lines = "\n".join([*texts, ""]).encode(errors="replace")
    ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n"))
    if len(ends) > len(texts):
        # Some have several lines.
        return np.array([row for row, text in enumerate(texts) if _PLAIN.fullmatch(text)], np.intp)
    # `1+2` and `7?` are # + # end # odd end: digits are counted up to each sign.
    found = _TOKENS[np.frombuffer(lines, np.uint8)]
    others = np.flatnonzero(found != NUMBER_TOKEN)
    odd = others[(found[others] == _ODD) | (np.diff(others, prepend=-1) > _MOST_DIGITS + 1)]
    lengths = np.diff(ends, prepend=-1) - 1
    lengths[np.searchsorted(ends, odd)] = 0
    return np.flatnonzero((lengths > 0) & (lengths <= LONGEST))


def _split(lines: bytes) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Split n lines into tokens, int16 [n, T], and their numbers, int64 [n, slots], both with nothing at the right."""
    # Of "1+20\n7\n" the tokens are # + # end # end, the numbers 1 20 7.
    found = _TOKENS[np.frombuffer(lines, np.uint8)]
    is_digit = found == NUMBER_TOKEN
    found = found[~(is_digit & np.append(False, is_digit[:-1]))]
    ends = np.flatnonzero(found == _END)
    tokens = _in_rows(found[found != _END], np.diff(ends, prepend=-1) - 1, PAD_TOKEN)
    numbers = np.fromstring(lines.translate(_NO_SIGNS), np.int64, sep=" ")
    return tokens, _in_rows(numbers, (tokens == NUMBER_TOKEN).sum(axis=1), 0)


def _in_rows(values: NDArray[Element], lengths: NDArray[np.int64], nothing: int) -> NDArray[Element]:
    """Lay values out in rows of some lengths, int64 [n], filled up with what stands for nothing."""
    width = int(lengths.max(initial=1))
    rows = np.full((len(lengths), width), nothing, values.dtype)
    rows[np.arange(width) < lengths[:, None]] = values
    return rows


def _different(tokens: NDArray[np.int16]) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Find the rows that differ, and for each row which of them it is; int64 [n]."""
    _, first, which = np.unique(_hashes(tokens), return_index=True, return_inverse=True)
    if (tokens[first][which] == tokens).all():
        return tokens[first], which
    return tokens, np.arange(len(tokens))


def _hashes(tokens: NDArray[np.int16]) -> NDArray[np.uint64]:
    keys = np.zeros(len(tokens), np.uint64)
    for column in tokens.T:
        keys = mix_array(keys ^ column.astype(np.uint64))
    return keys
