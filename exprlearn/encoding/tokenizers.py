"""The built-in tokenizers: characters, digits alone or in groups, and whole numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from pydantic import Field

from exprlearn.encoding.alphabet import DIGITS, Alphabet, Side
from exprlearn.errors import EncodingError
from exprlearn.plugin import Options, Tokenizer


@dataclass(frozen=True)
class Characters:
    """Cuts text into its characters.

    >>> Characters().split("12+3")
    ['1', '2', '+', '3']
    """

    per_character: bool = True
    pattern = re.compile(".", re.DOTALL)

    def symbols(self, alphabet: Alphabet) -> Sequence[str]:
        """List the digits, then the other characters of expressions, then those only answers hold."""
        return list(dict.fromkeys(DIGITS + "".join(alphabet.literals) + alphabet.answer_characters))

    def split(self, text: str) -> list[str]:
        """Cut `text` into its characters."""
        return list(text)

    def join(self, tokens: Sequence[str]) -> str:
        """Write the characters one after the other."""
        return "".join(tokens)


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
        return self.pattern.findall(text)

    def join(self, tokens: Sequence[str]) -> str:
        """Write the tokens one after the other."""
        return "".join(tokens)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what finds the tokens of a text, one after the other."""
        words = sorted((text for text in self.literals if len(text) > 1), key=len, reverse=True)
        whole_groups_follow = f"(?=(?:[0-9]{{{self.group}}})*(?![0-9]))"
        digits = f"[0-9]{{1,{self.group}}}{whole_groups_follow}" if self.group > 1 else "[0-9]"
        return re.compile("|".join([*map(re.escape, words), digits, "."]), re.DOTALL)


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
        return self.pattern.findall(text)

    def join(self, tokens: Sequence[str]) -> str:
        """Write the tokens one after the other."""
        return "".join(tokens)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what finds the tokens of a text, one after the other."""
        words = sorted((text for text in self.literals if len(text) > 1), key=len, reverse=True)
        return re.compile("|".join([*map(re.escape, words), "[0-9]+", "."]), re.DOTALL)
