"""How far the expressions of a space reach: the alphabet is measured once, from the counts, not from samples."""

from __future__ import annotations

from exprlearn.encoding.alphabet import Alphabet
from exprlearn.plugin import Division
from exprlearn.sampling.counting.chart import Chart, Choice, State
from exprlearn.sampling.space import ExpressionSpace

Extent = tuple[int, int]
"""The most characters that fixed texts take together, and the most fixed texts."""


def alphabet_of(space: ExpressionSpace, division: Division, longest_answer: int) -> Alphabet:
    """Return the alphabet of a space's expressions and of answers of at most `longest_answer` characters.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> alphabet = alphabet_of(ExpressionSpace.from_file("addition"), ExactOnlyPolicy(), longest_answer=4)
    >>> alphabet.literals, alphabet.numbers, alphabet.most_terms, alphabet.longest_expression
    (('+',), (0, 999), 2, 7)
    """
    longest_skeleton, most_literals = skeleton_extent(space)
    return Alphabet(
        literals=space.literals,
        numbers=space.number_range,
        widest_number=max((language.longest for stratum in space.strata for language in stratum.slots), default=0),
        most_terms=space.most_terms,
        most_literals=most_literals,
        longest_skeleton=longest_skeleton,
        longest_expression=space.longest,
        answer_characters=division.characters,
        longest_answer=longest_answer,
    )


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
        missing = [part for choice in choices for part in _parts(choice) if part not in known]
        waiting.extend(missing)
        if not missing:
            known[waiting.pop()] = _largest([_extent(chart, choice, known) for choice in choices])
    return _largest([known[state] for state in states])


def _parts(choice: Choice) -> list[State]:
    return [part for part in (choice.first, choice.second) if part is not None]


def _extent(chart: Chart, choice: Choice, known: dict[State, Extent]) -> Extent:
    literals = chart.specification.literals
    fixed = [literals[token] for token in choice.before + choice.between + choice.after if token >= 0]
    parts = [known[part] for part in _parts(choice)]
    characters = sum(map(len, fixed)) + sum(part[0] for part in parts)
    return characters, len(fixed) + sum(part[1] for part in parts)


def _largest(extents: list[Extent]) -> Extent:
    return max(characters for characters, _ in extents), max(count for _, count in extents)
