"""The tokenizer `words`: each word of a number is a token, and each sign has a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from pydantic import Field

from exprlearn.plugin import Options
from exprlearn_words.numerals import WORDS, most_words, numeral_of, spelled

NAMES = {"+": "plus", "-": "minus", "*": "times", "/": "over"}
SIGNS = {name: sign for sign, name in NAMES.items()}


class WordsOptions(Options):
    """Options of the tokenizer `words`."""

    answers: Literal["words", "digits"] = Field(
        default="digits", description="Whether answers are written digit by digit, or in words as well."
    )


@dataclass(frozen=True)
class Words:
    """Writes numbers and signs as words; the text stays what can be calculated.

    >>> Words().split("2+43")
    ['two', 'plus', 'forty', 'three']
    >>> Words().join(["two", "plus", "forty", "three"])
    '2+43'
    """

    answers: str = "digits"
    in_digits: bool = False

    @property
    def per_character(self) -> bool:
        """Tell whether every token is one character."""
        return self.in_digits

    def for_alphabet(self, alphabet: Any, side: Literal["source", "target"]) -> Words:
        """Return the tokenizer of one side."""
        return Words(self.answers, in_digits=side == "target" and self.answers == "digits")

    def digit_steps(self, digits: int) -> int:
        """Return the most tokens that so many digits in a row take."""
        return digits if self.in_digits else most_words(digits)

    def symbols(self, alphabet: Any) -> Sequence[str]:
        """List the words of numbers, the names of signs, what has no name and the characters of answers."""
        answers = alphabet.answer_characters
        signs = [named(sign) for sign in (*"".join(alphabet.literals), *answers.strip("0123456789"))]
        digits = answers if self.answers == "digits" else ""
        return list(dict.fromkeys([*WORDS, *signs, *digits]))

    def split(self, text: str) -> list[str]:
        """Cut `text` into words."""
        if self.in_digits:
            return list(text)
        pieces = re.findall(r"[0-9]+|.", text, re.DOTALL)
        return [word for piece in pieces for word in (spelled(piece) if piece[0] in "0123456789" else [named(piece)])]

    def join(self, tokens: Sequence[str]) -> str:
        """Write tokens as the text they were cut from, and words that are no such tokens one after the other."""
        if self.in_digits:
            return "".join(tokens)
        text = "".join(
            (numeral_of(run) or " ") if is_number else "".join(SIGNS.get(word, word) for word in run)
            for is_number, run in ((key, list(words)) for key, words in groupby(tokens, key=WORDS.__contains__))
        )
        return text if self.split(text) == list(tokens) else " ".join(tokens)


def named(sign: str) -> str:
    """Return the name of a sign, or the sign when it has none.

    >>> named("*"), named("(")
    ('times', '(')
    """
    return NAMES.get(sign, sign)
