"""The vocabulary: which id stands for which symbol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from exprlearn.encoding.stored import LONGEST, plain, stored
from exprlearn.errors import EncodingError

PAD, START, END = 0, 1, 2
#: Doubles that a message names.
MOST_TOLD = 20
SPECIALS = ("<pad>", "<start>", "<end>")


@dataclass(frozen=True)
class Vocabulary:
    """Symbols with ids dense from 0: padding, start and end come first.

    Attributes:
        symbols: the tokens with ids from 3 on.
        number_steps: the tokens that the widest number of an expression takes.

    Raises:
        EncodingError: an empty symbol, or one that occurs twice or is a special one.

    >>> vocabulary = Vocabulary(("0", "1", "+"))
    >>> vocabulary.id("+"), vocabulary.symbol(3), len(vocabulary)
    (5, '0', 6)
    """

    symbols: tuple[Annotated[str, Field(max_length=1000)], ...]
    number_steps: Annotated[int, Field(ge=1, le=LONGEST)] = 1

    def __post_init__(self) -> None:
        if "" in self.symbols or len({*SPECIALS, *self.symbols}) < len(self):
            doubles = sorted(symbol for symbol, count in Counter(self.symbols).items() if count > 1)[:MOST_TOLD]
            raise EncodingError(
                f"a tokenizer's symbols must be distinct, not empty and none of {', '.join(SPECIALS)}: "
                f"{', '.join(map(repr, doubles or self.symbols[:MOST_TOLD]))}"
            )

    def __len__(self) -> int:
        return len(SPECIALS) + len(self.symbols)

    @cached_property
    def ids(self) -> dict[str, int]:
        """Map each symbol to its id, without the special ones."""
        return {symbol: number for number, symbol in enumerate(self.symbols, len(SPECIALS))}

    @cached_property
    def numerals(self) -> NDArray[np.bool_]:
        """Tell for each id (vocabulary_size,) whether its symbol is made of digits."""
        flags = [symbol.isascii() and symbol.isdecimal() for symbol in self.symbols]
        return np.array([False] * len(SPECIALS) + flags)

    def id(self, symbol: str) -> int:
        """Return the id of a symbol.

        Raises:
            EncodingError: the vocabulary does not hold it.
        """
        if symbol not in self.ids:
            raise EncodingError(f"'{symbol}' is not in the vocabulary; it holds {shown(self.symbols)}")
        return self.ids[symbol]

    def symbol(self, number: int) -> str:
        """Return the symbol of an id, special ones included.

        Raises:
            EncodingError: no symbol has this id.
        """
        if not 0 <= number < len(self):
            raise EncodingError(f"{number} is no id of the vocabulary; its ids run from 0 to {len(self) - 1}")
        return (SPECIALS + self.symbols)[number] if number < len(SPECIALS) else self.symbols[number - len(SPECIALS)]

    def to_json(self) -> dict[str, Any]:
        """Return plain data that `from_json` makes the same vocabulary of."""
        return dict(plain(self))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Vocabulary:
        """Make the vocabulary that `to_json` wrote.

        Raises:
            RunError: the data is not what `to_json` writes.
        """
        return stored(cls, document)


def shown(symbols: Iterable[str]) -> str:
    """List symbols for a message, runs of numbers in short.

    >>> shown(("0", "1", "2", "3", "+"))
    '0…3 +'
    """
    parts: list[list[str]] = []
    for symbol in symbols:
        if parts and _follows(parts[-1][-1], symbol):
            parts[-1].append(symbol)
        else:
            parts.append([symbol])
    return " ".join(f"{part[0]}…{part[-1]}" if len(part) > 2 else " ".join(part) for part in parts)


def _follows(before: str, after: str) -> bool:
    same_width = len(before) == len(after) or not after.startswith("0")
    return before.isdecimal() and after.isdecimal() and same_width and int(after) == int(before) + 1
