"""The tokenizer `characters`: every character is a token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exprlearn.encoding.alphabet import DIGITS, Alphabet


@dataclass(frozen=True)
class Characters:
    """Cuts text into its characters.

    >>> Characters().split("12+3")
    ['1', '2', '+', '3']
    """

    per_character: bool = True

    def symbols(self, alphabet: Alphabet) -> Sequence[str]:
        """List the digits, then the other characters of expressions, then those only answers hold."""
        return list(dict.fromkeys(DIGITS + "".join(alphabet.literals) + alphabet.answer_characters))

    def split(self, text: str) -> list[str]:
        """Cut `text` into its characters."""
        return list(text)

    def join(self, tokens: Sequence[str]) -> str:
        """Write the characters one after the other."""
        return "".join(tokens)
