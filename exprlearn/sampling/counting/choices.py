"""Alternatives as the counting sees them, and the choices between runs of skeletons that they offer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from exprlearn.grammar.specification import Alternative, Literal, Reference, Slot

State = tuple[int, int]
"""A rule and a packed size vector."""


@dataclass(frozen=True, slots=True)
class Form:
    """An alternative as the dynamic programme sees it.

    `vector`: the sizes it adds itself; `level`: their bounded part; `tokens`: a run before, between and after the
    `references`, in the numbers of `Choice`.
    """

    vector: int
    level: int
    tokens: tuple[tuple[int, ...], ...]
    references: tuple[int, ...]

    @property
    def is_unit(self) -> bool:
        """Whether it only stands for another rule."""
        return len(self.references) == 1 and not self.vector and not any(self.tokens)


@dataclass(frozen=True, slots=True)
class Choice:
    """A run of skeletons of one state: those of `first` times those of `second`, `first` more significant.

    Tokens are integers: a literal's index, or ``-1 - language`` for an open slot. `before`, `between` and `after` stand
    around the two states; an alternative without references has only `before`. `count` is the number of skeletons and
    `seconds` those of `second` (1 when there is none).
    """

    count: int
    seconds: int
    before: tuple[int, ...]
    first: State | None = None
    between: tuple[int, ...] = ()
    second: State | None = None
    after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """All choices of a state in rank order; `ends[i]` skeletons lie in the choices up to and including number i."""

    ends: tuple[int, ...]
    choices: tuple[Choice, ...]

    def find(self, index: int) -> tuple[Choice, int]:
        """Find the choice that holds a skeleton index, and the index inside it."""
        position = bisect_right(self.ends, index)
        return self.choices[position], index - (self.ends[position - 1] if position else 0)


def form_of(
    alternative: Alternative,
    vector: int,
    literals: tuple[int, ...],
    slots: tuple[int, ...],
    level: Callable[[int], int],
) -> Form:
    """Add up the sizes of an alternative and part its tokens at its references.

    Args:
        alternative: the alternative.
        vector: the packed sizes that using it adds.
        literals: the packed sizes of each literal.
        slots: the packed sizes of each language's slot.
        level: the bounded part of packed sizes.
    """
    runs: list[list[int]] = [[]]
    references: list[int] = []
    for item in alternative.items:
        match item:
            case Literal(index):
                vector += literals[index]
                runs[-1].append(index)
            case Slot(language):
                vector += slots[language]
                runs[-1].append(-1 - language)
            case Reference(rule):
                references.append(rule)
                runs.append([])
    return Form(vector, level(vector), tuple(map(tuple, runs)), tuple(references))
