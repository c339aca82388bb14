"""From a number to a skeleton, with an explicit stack: nesting is limited by memory only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exprlearn.sampling.choices import State
from exprlearn.sampling.counting import Chart


class Skeleton(NamedTuple):
    """A token pattern with its slots left open.

    `tokens`: a literal's index, or -1 for a slot; `columns`: the filler column of each slot from left to right.
    """

    tokens: tuple[int, ...]
    columns: tuple[int, ...]

    def write(self, literals: Sequence[str], texts: Sequence[str]) -> str:
        """Write the expression, given the text of each filler column."""
        columns = iter(self.columns)
        return "".join([literals[token] if token >= 0 else texts[next(columns)] for token in self.tokens])

    def pattern(self, literals: Sequence[str]) -> str:
        """Write the pattern, with `#` for every slot.

        >>> Skeleton((1, -1, 0, -1, 2), (0, 1)).pattern(("+", "(", ")"))
        '(#+#)'
        """
        return "".join(literals[token] if token >= 0 else "#" for token in self.tokens)


def unrank(chart: Chart, state: State, number: int) -> Skeleton:
    """Build the skeleton of a number below `chart.count(state)`."""
    tokens = typed_tokens(chart, state, number)
    return Skeleton(tuple([token if token >= 0 else -1 for token in tokens]), filler_columns(tokens))


def typed_tokens(chart: Chart, state: State, number: int) -> list[int]:
    """Build a skeleton whose slots still name their language: ``-1 - language``."""
    tokens: list[int] = []
    waiting: list[tuple[State | None, int, tuple[int, ...]]] = [(state, number, ())]
    while waiting:
        current, index, following = waiting.pop()
        if current is None:
            tokens += following
            continue
        choice, index = chart.choices(current).find(index)
        tokens += choice.before
        waiting.append((None, 0, choice.after + following if choice.second else choice.between + following))
        one, two = divmod(index, choice.seconds)
        if choice.second:
            waiting.append((choice.second, two, ()))
            waiting.append((None, 0, choice.between))
        if choice.first:
            waiting.append((choice.first, one, ()))
    return tokens


def filler_columns(tokens: Sequence[int]) -> tuple[int, ...]:
    """Number the slots by language, within a language from left to right; listed from left to right.

    >>> filler_columns([-1, 0, -2, 1, -1])
    (0, 2, 1)
    """
    slots = [-1 - token for token in tokens if token < 0]
    order = sorted(range(len(slots)), key=slots.__getitem__)
    columns = [0] * len(slots)
    for column, position in enumerate(order):
        columns[position] = column
    return tuple(columns)
