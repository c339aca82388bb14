"""The alphabet: everything that vocabularies and widths need to know of a space and its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import whitespace
from typing import Any, Literal

from exprlearn.arithmetic.operators import Truth
from exprlearn.arithmetic.parsing import plain_signs
from exprlearn.encoding.stored import Length, plain, stored
from exprlearn.plugin import Division, Working
from exprlearn.sampling.counting.chart import CountChart, DerivationChoice, State
from exprlearn.sampling.numbering.neighbours import neighbours, numbers_stay_apart
from exprlearn.sampling.space import ExpressionSpace

DIGITS = "0123456789"
TYPOGRAPHIC = "−×÷"
TRUTHS = str(Truth(0)), str(Truth(1))
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
        turns_numbers: whether a reversed answer has its numbers turned one by one, as one with its working must.
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
    turns_numbers: bool = False

    def __or__(self, other: Alphabet) -> Alphabet:
        """Return an alphabet wide enough for both, as the stages of a curriculum need."""
        return Alphabet(
            literals=tuple(dict.fromkeys(self.literals + other.literals)),
            numbers=(min(self.numbers[0], other.numbers[0]), max(self.numbers[1], other.numbers[1])),
            answer_characters="".join(dict.fromkeys(self.answer_characters + other.answer_characters)),
            turns_numbers=self.turns_numbers or other.turns_numbers,
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


Extent = tuple[int, int]
"""The most characters that fixed texts take together, and the most fixed texts."""


def alphabet_of(
    space: ExpressionSpace, division: Division, longest_answer: int, working: Working | None = None
) -> Alphabet:
    """Return the alphabet of a space's expressions and of answers of at most `longest_answer` characters.

    With a `working` answers are texts that show it, and end with the answer.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> alphabet = alphabet_of(ExpressionSpace.from_file("addition"), ExactOnlyPolicy(), longest_answer=4)
    >>> alphabet.literals, alphabet.numbers, alphabet.most_terms, alphabet.longest_expression
    (('+',), (0, 999), 2, 7)
    """
    longest_skeleton, most_literals = skeleton_extent(space)
    answers_truth = any(operator.gives == "truth" for operator in space.calculated_by)
    truths = "".join(dict.fromkeys("".join(TRUTHS))) if answers_truth else ""
    return Alphabet(
        literals=space.literals,
        numbers=space.number_range,
        widest_number=_widest_number(space),
        most_terms=space.most_terms,
        most_literals=most_literals,
        longest_skeleton=longest_skeleton,
        longest_expression=space.longest,
        answer_characters=(division.characters if working is None else _characters(division, working)) + truths,
        longest_answer=max([longest_answer, *map(len, TRUTHS)]) if truths else longest_answer,
        turns_numbers=working is not None,
    )


def _widest_number(space: ExpressionSpace) -> int:
    """Count the digits of the widest number; digits that may stand side by side are read as one."""
    stands_apart = numbers_stay_apart(neighbours(space.specification))
    widest = max if stands_apart else sum
    return max((widest([0, *(language.longest for language in stratum.slots)]) for stratum in space.strata), default=0)


def _characters(division: Division, working: Working) -> str:
    """List what a working and its answer are written with; a working need not name what numbers are made of."""
    return "".join(dict.fromkeys(division.characters + working.characters + DIGITS + "-"))


def skeleton_extent(space: ExpressionSpace) -> Extent:
    """Return the most characters that fixed texts take in an expression of the space, and the most fixed texts.

    >>> skeleton_extent(ExpressionSpace.from_file("mixed"))
    (7, 7)
    """
    chart = space.strata[0].chart
    states = [stratum.state for stratum in space.strata]
    known: dict[State, Extent] = {}
    waiting = list(states)
    # A stack of our own: the rules of long expressions refer to themselves deeper than Python recurses.
    while waiting:
        choices = chart.choices(waiting[-1]).choices
        missing = [part for choice in choices for part in choice.parts if part not in known]
        waiting.extend(missing)
        if not missing:
            known[waiting.pop()] = _largest([_extent(chart, choice, known) for choice in choices])
    return _largest([known[state] for state in states])


def _extent(chart: CountChart, choice: DerivationChoice, known: dict[State, Extent]) -> Extent:
    literals = chart.specification.literals
    fixed = [literals[item] for item in choice.items if isinstance(item, int) and item >= 0]
    parts = [known[part] for part in choice.parts]
    characters = sum(map(len, fixed)) + sum(part[0] for part in parts)
    return characters, len(fixed) + sum(part[1] for part in parts)


def _largest(extents: list[Extent]) -> Extent:
    return max(characters for characters, _ in extents), max(count for _, count in extents)
