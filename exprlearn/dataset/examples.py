"""Examples: expressions with their answers, in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

Rows = slice | list[int] | NDArray[np.intp] | NDArray[np.bool_]


class Example(NamedTuple):
    """An expression and its answer."""

    expression: str
    answer: str


@dataclass(frozen=True, eq=False)
class Examples(Sequence[Example]):
    """A sequence of examples that keeps its columns as arrays.

    Attributes:
        expressions: '<U' [n].
        answers: '<U' [n].

    >>> examples = Examples.of([("1+2", "3"), ("2*30", "60")])
    >>> examples[1]
    Example(expression='2*30', answer='60')
    >>> examples[1:].answers.tolist()
    ['60']
    """

    expressions: NDArray[np.str_]
    answers: NDArray[np.str_]

    def __post_init__(self) -> None:
        if len(self.expressions) != len(self.answers):
            raise ValueError(f"{len(self.expressions)} expressions but {len(self.answers)} answers")

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, str]]) -> Examples:
        """Put pairs of expression and answer in columns."""
        return cls(np.array([pair[0] for pair in pairs], np.str_), np.array([pair[1] for pair in pairs], np.str_))

    @classmethod
    def concatenate(cls, parts: Sequence[Examples]) -> Examples:
        """Join several sequences into one; without any, an empty one."""
        if not parts:
            return cls.of([])
        return cls(
            np.concatenate([part.expressions for part in parts]), np.concatenate([part.answers for part in parts])
        )

    def __len__(self) -> int:
        return len(self.expressions)

    @overload
    def __getitem__(self, index: int) -> Example: ...

    @overload
    def __getitem__(self, index: Rows) -> Examples: ...

    def __getitem__(self, index: int | Rows) -> Example | Examples:
        """Return one example, or those of a slice, of indices or of a mask."""
        if isinstance(index, list):
            index = np.array(index, np.intp)
        if isinstance(index, slice | np.ndarray):
            return Examples(self.expressions[index], self.answers[index])
        return Example(str(self.expressions[index]), str(self.answers[index]))

    def __iter__(self) -> Iterator[Example]:
        return map(Example, self.expressions.tolist(), self.answers.tolist())
