"""The tokenizer `digits`: numbers digit by digit or in groups, every operator, bracket and word as one token."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from pydantic import Field

from exprlearn.encoding.alphabet import DIGITS, Alphabet, Side
from exprlearn.plugin import Options


class DigitsOptions(Options):
    """Options of the tokenizer `digits`."""

    group: int = Field(1, ge=1, le=3, description="Digits in a token, grouped from the right: 12345 is 12|345 with 3.")


@dataclass(frozen=True)
class Digits:
    """Cuts numbers into groups of digits, counted from the right, and keeps every literal whole.

    Attributes:
        group: digits in a token; the leftmost token of a number may hold fewer.
        literals: the fixed texts to keep whole, known once an alphabet is.

    >>> Digits(group=3, literals=("plus",)).split("12345plus6")
    ['12', '345', 'plus', '6']
    """

    group: int = 1
    literals: tuple[str, ...] = ()

    @property
    def per_character(self) -> bool:
        """Tell whether every token is one character."""
        return self.group == 1 and all(len(literal) == 1 for literal in self.literals)

    def for_alphabet(self, alphabet: Alphabet, side: Side) -> Digits:
        """Return the tokenizer that keeps the alphabet's literals whole; answers have none."""
        return Digits(self.group, alphabet.literals if side == "source" else ())

    def digit_steps(self, digits: int) -> int:
        """Return the tokens of so many digits in a row."""
        return -(-digits // self.group)

    def symbols(self, alphabet: Alphabet) -> Sequence[str]:
        """List the digits and their groups, then the literals, then the other characters of answers."""
        groups = ["".join(group) for size in range(1, self.group + 1) for group in product(DIGITS, repeat=size)]
        return list(dict.fromkeys([*groups, *alphabet.literals, *alphabet.answer_characters]))

    def split(self, text: str) -> list[str]:
        """Cut `text` into groups of digits, literals and single characters."""
        return self._pattern.findall(text)

    def join(self, tokens: Sequence[str]) -> str:
        """Write the tokens one after the other."""
        return "".join(tokens)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = sorted((text for text in self.literals if len(text) > 1), key=len, reverse=True)
        whole_groups_follow = f"(?=(?:[0-9]{{{self.group}}})*(?![0-9]))"
        digits = f"[0-9]{{1,{self.group}}}{whole_groups_follow}" if self.group > 1 else "[0-9]"
        return re.compile("|".join([*map(re.escape, words), digits, "."]), re.DOTALL)
