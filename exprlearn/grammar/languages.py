"""Finite languages that fill a slot: what a number terminal can write, by index; index and text are one to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exprlearn.errors import GrammarError


@dataclass(frozen=True, slots=True)
class IntegerRange:
    """The whole numbers from `lowest` to `highest`, without leading zeros: index and value differ by `lowest`.

    >>> digits = IntegerRange("NUMBER", 1, 250)
    >>> digits.size, digits.text(9), digits.index("250"), "007" in digits
    (250, '10', 249, False)
    >>> [part.size for part in digits.by_length()]
    [9, 90, 151]
    """

    name: str
    lowest: int
    highest: int

    @property
    def terms(self) -> int:
        """How many terms of an expression a text is."""
        return 1

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return self.highest - self.lowest + 1

    @property
    def longest(self) -> int:
        """Digits of the largest number."""
        return len(str(self.highest))

    def __contains__(self, text: object) -> bool:
        if not isinstance(text, str) or not (text.isascii() and text.isdigit()) or len(text) > self.longest:
            return False
        return (text[0] != "0" or text == "0") and self.lowest <= int(text) <= self.highest

    def text(self, index: int) -> str:
        """Write the number at an index."""
        return str(self.lowest + index)

    def index(self, text: str) -> int:
        """Count the numbers before this one; ValueError when it is outside."""
        if text not in self:
            raise ValueError(text)
        return int(text) - self.lowest

    def texts(self, indices: ArrayLike) -> NDArray[np.str_]:
        """Write the numbers at indices: int64 ``(n,)`` to ``'<U'`` ``(n,)``."""
        return self.values(indices).astype(f"<U{self.longest}")

    def values(self, indices: ArrayLike) -> NDArray[np.int64]:
        """Read the numbers at indices: int64 ``(n,)``; GrammarError when they may not fit into 64 bits."""
        if self.highest >= 2**63:
            raise GrammarError(f"numbers up to {self.highest} do not fit into 64 bits: narrow the range of {self.name}")
        return np.asarray(indices, dtype=np.int64) + np.int64(self.lowest)

    def by_length(self) -> tuple[Language, ...]:
        """Split at the powers of ten."""
        parts: list[Language] = []
        for digits in range(len(str(self.lowest)), self.longest + 1):
            low = 0 if digits == 1 else 10 ** (digits - 1)
            bounds = max(low, self.lowest), min(10**digits - 1, self.highest)
            parts.append(IntegerRange(f"{self.name}[{digits}]", *bounds))
        return tuple(parts)


class Texts:
    """A language given by its texts, for numbers that are not one range and for words.

    The digits behind the point of a decimal are no `terms` of their own.

    >>> even = Texts("EVEN", ["0", "2", "4"])
    >>> even.text(1), even.index("4"), even.values([0, 2]).tolist()
    ('2', 2, [0, 4])
    """

    def __init__(self, name: str, texts: Sequence[str], *, terms: int = 1) -> None:
        self.name, self.terms = name, terms
        self._texts = tuple(texts)
        self._indices = {text: index for index, text in enumerate(self._texts)}
        self._table: NDArray[np.str_] = np.array(self._texts, dtype=np.str_)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Texts) and (self.name, self._texts) == (other.name, other._texts)

    def __hash__(self) -> int:
        return hash((self.name, self._texts))

    def __repr__(self) -> str:
        return f"Texts({self.name!r}, {len(self._texts)} texts)"

    @property
    def size(self) -> int:
        """How many texts there are."""
        return len(self._texts)

    @property
    def lowest(self) -> int:
        """The smallest value."""
        return min(self._read(text) for text in self._texts)

    @property
    def highest(self) -> int:
        """The largest value."""
        return max(self._read(text) for text in self._texts)

    @property
    def longest(self) -> int:
        """Characters of the longest text."""
        return max(map(len, self._texts))

    def __contains__(self, text: object) -> bool:
        return text in self._indices

    def text(self, index: int) -> str:
        """Write the text at an index."""
        return self._texts[index]

    def index(self, text: str) -> int:
        """Count the texts before this one; ValueError when it is none of them."""
        if text not in self._indices:
            raise ValueError(text)
        return self._indices[text]

    def texts(self, indices: ArrayLike) -> NDArray[np.str_]:
        """Write the texts at indices: int64 ``(n,)`` to ``'<U'`` ``(n,)``."""
        taken: NDArray[np.str_] = self._table[np.asarray(indices, dtype=np.int64)]
        return taken

    def values(self, indices: ArrayLike) -> NDArray[np.int64]:
        """Read the values at indices: int64 ``(n,)``; GrammarError when a text is no whole number below 2**63."""
        taken: NDArray[np.int64] = self._values[np.asarray(indices, dtype=np.int64)]
        return taken

    def by_length(self) -> tuple[Language, ...]:
        """Split by the number of characters."""
        lengths = sorted({len(text) for text in self._texts})
        return tuple(
            Texts(f"{self.name}[{length}]", [text for text in self._texts if len(text) == length], terms=self.terms)
            for length in lengths
        )

    @cached_property
    def _values(self) -> NDArray[np.int64]:
        if self.highest >= 2**63:
            raise GrammarError(f"numbers up to {self.highest} do not fit into 64 bits: narrow the range of {self.name}")
        return np.array([self._read(text) for text in self._texts], dtype=np.int64)

    def _read(self, text: str) -> int:
        if not (text.isascii() and text.isdigit()):
            raise GrammarError(f"{self.name} writes {text!r}, which is not a whole number and has no value")
        return int(text)


Language = IntegerRange | Texts
"""A finite, ordered set of texts."""
