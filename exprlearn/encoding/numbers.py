"""The tokenizer `numbers`: one token for each number of an expression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import Field

from exprlearn.encoding.alphabet import DIGITS, Alphabet, Side
from exprlearn.encoding.digits import Digits
from exprlearn.errors import EncodingError
from exprlearn.plugin import Options, Tokenizer


class NumbersOptions(Options):
    """Options of the tokenizer `numbers`."""

    limit: int = Field(10_000, ge=1, description="Most number tokens that a vocabulary may hold.")


@dataclass(frozen=True)
class Numbers:
    """Keeps every number of an expression whole; answers are written digit by digit.

    An answer may be any number, most of them outside of the range that expressions draw from, so a token for each
    would make a vocabulary without end: a decoder writes digits instead, of the same vocabulary.

    >>> Numbers(literals=("+",)).split("12+345")
    ['12', '+', '345']
    """

    limit: int = 10_000
    literals: tuple[str, ...] = ()
    per_character: bool = False

    def for_alphabet(self, alphabet: Alphabet, side: Side) -> Tokenizer:
        """Return what cuts expressions into numbers and literals, and answers into characters."""
        return Digits() if side == "target" else Numbers(self.limit, alphabet.literals)

    def digit_steps(self, digits: int) -> int:
        """Return 1: a number is one token."""
        return 1

    def symbols(self, alphabet: Alphabet) -> Sequence[str]:
        """List the digits, the numbers of the range, the literals and the other characters of answers.

        Raises:
            EncodingError: the range holds more numbers than the limit.
        """
        smallest, largest = alphabet.numbers
        if largest - smallest >= self.limit:
            raise EncodingError(
                f"the tokenizer 'numbers' would need {largest - smallest + 1} tokens for {smallest}..{largest}, its "
                f"limit is {self.limit}: narrow the numbers with --set grammar.range=1..999, or take --tokenizer digits"
            )
        numbers = [str(number) for number in range(smallest, largest + 1)]
        return list(dict.fromkeys([*DIGITS, *numbers, *alphabet.literals, *alphabet.answer_characters]))

    def split(self, text: str) -> list[str]:
        """Cut `text` into numbers, literals and single characters."""
        return self._pattern.findall(text)

    def join(self, tokens: Sequence[str]) -> str:
        """Write the tokens one after the other."""
        return "".join(tokens)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = sorted((text for text in self.literals if len(text) > 1), key=len, reverse=True)
        return re.compile("|".join([*map(re.escape, words), "[0-9]+", "."]), re.DOTALL)
