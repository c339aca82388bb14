"""The alphabet: everything that vocabularies and widths need to know of a space and its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import whitespace
from typing import Any, Literal

from exprlearn.arithmetic.parsing import plain_signs
from exprlearn.encoding.stored import Length, plain, stored

DIGITS = "0123456789"
TYPOGRAPHIC = "−×÷"
SPACES = whitespace + "\u00a0\u202f"

Side = Literal["source", "target"]


@dataclass(frozen=True, kw_only=True)
class Alphabet:
    """What expressions and answers are written with, and how long they get.

    Attributes:
        literals: every fixed text of an expression, such as `+` and `(`.
        numbers: the smallest and the largest number of an expression.
        widest_number: characters of the widest number of an expression.
        most_terms: the most numbers of an expression.
        most_literals: the most fixed texts of an expression.
        longest_skeleton: the most characters of an expression's fixed texts together.
        longest_expression: the most characters of an expression.
        answer_characters: every character of an answer.
        longest_answer: the most characters of an answer.
    """

    literals: tuple[str, ...]
    numbers: tuple[int, int]
    widest_number: Length
    most_terms: Length
    most_literals: Length
    longest_skeleton: Length
    longest_expression: Length
    answer_characters: str
    longest_answer: Length

    def __or__(self, other: Alphabet) -> Alphabet:
        """Return an alphabet wide enough for both, as the stages of a curriculum need."""
        return Alphabet(
            literals=tuple(dict.fromkeys(self.literals + other.literals)),
            numbers=(min(self.numbers[0], other.numbers[0]), max(self.numbers[1], other.numbers[1])),
            answer_characters="".join(dict.fromkeys(self.answer_characters + other.answer_characters)),
            **{name: max(getattr(self, name), getattr(other, name)) for name in _MEASURES},
        )

    def readings(self, side: Side) -> Mapping[str, str]:
        """Map each character that a side may hold to the one it is read as; what is left out is read as nothing.

        Users may type `×` for `*` and spaces in expressions, unless the grammar itself writes those.
        """
        if side == "target":
            return {sign: sign for sign in self.answer_characters}
        written = {sign: sign for sign in DIGITS + "".join(self.literals)}
        typed: dict[str, str] = {sign: plain_signs(sign) for sign in TYPOGRAPHIC} | dict.fromkeys(SPACES, "")
        return {sign: read for sign, read in typed.items() if not read or read in written} | written

    def normalise(self, expression: str) -> str:
        """Write an expression as the grammar does: ASCII signs, no spaces."""
        readings = self.readings("source")
        return "".join(readings.get(sign, sign) for sign in expression)

    def to_json(self) -> dict[str, Any]:
        """Return plain data that `from_json` makes the same alphabet of."""
        return dict(plain(self))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Alphabet:
        """Make the alphabet that `to_json` wrote.

        Raises:
            RunError: the data is not what `to_json` writes.
        """
        return stored(cls, document)


_MEASURES = (
    "widest_number",
    "most_terms",
    "most_literals",
    "longest_skeleton",
    "longest_expression",
    "longest_answer",
)
