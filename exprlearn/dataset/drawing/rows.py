"""Examples in columns: expressions with their answers, and rows with all that a file may say of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import Programs, parse
from exprlearn.arithmetic.operators import Operators
from exprlearn.arithmetic.parsing import BRACKETS
from exprlearn.arithmetic.programs import NOTHING

if TYPE_CHECKING:
    from exprlearn.dataset.drawing.split import Split
    from exprlearn.sampling.stratum import Sizes
    from exprlearn.sampling.writing.block import Block

RowIndex = slice | list[int] | NDArray[np.intp] | NDArray[np.bool_]
AnyColumns = TypeVar("AnyColumns", bound="Columns")


@dataclass(frozen=True, eq=False)
class Columns:
    """Arrays of one length, a row across all of them; subclasses name their columns."""

    columns: ClassVar[tuple[str, ...]]

    def __len__(self) -> int:
        return len(getattr(self, self.columns[0]))

    def select(self, rows: RowIndex) -> Self:
        """Keep the rows of a slice, of indices or of a mask."""
        chosen = np.array(rows, np.intp) if isinstance(rows, list) else rows
        return replace(self, **{name: getattr(self, name)[chosen] for name in self.columns})

    @classmethod
    def concatenate(cls, pieces: Sequence[Self]) -> Self:
        """Put pieces one behind the other; whatever is no column is that of the first."""
        first, *rest = pieces
        if not rest:
            return first
        columns = {name: np.concatenate([getattr(piece, name) for piece in pieces]) for name in cls.columns}
        return replace(first, **columns)


class Example(NamedTuple):
    """An expression and its answer."""

    expression: str
    answer: str


@dataclass(frozen=True, eq=False)
class Examples(Columns, Sequence[Example]):
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

    columns = ("expressions", "answers")

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
    def concatenate(cls, pieces: Sequence[Examples]) -> Examples:
        """Join several sequences into one; without any, an empty one."""
        return super().concatenate(pieces) if pieces else cls.of([])

    @overload
    def __getitem__(self, index: int) -> Example: ...

    @overload
    def __getitem__(self, index: RowIndex) -> Examples: ...

    def __getitem__(self, index: int | RowIndex) -> Example | Examples:
        """Return one example, or those of a slice, of indices or of a mask."""
        if isinstance(index, slice | list | np.ndarray):
            return self.select(index)
        return Example(str(self.expressions[index]), str(self.answers[index]))

    def __iter__(self) -> Iterator[Example]:
        return map(Example, self.expressions.tolist(), self.answers.tolist())


@dataclass(frozen=True, eq=False)
class Rows(Columns):
    """n rows of one split.

    Attributes:
        split: the split.
        expressions: '<U' [n].
        answers: '<U' [n].
        indices: object [n], the index of each expression in the space, a Python integer.
        strata: int64 [n], the stratum of each, an index into `sizes`.
        calculations: int64 [n], how many calculations each answer takes.
        difficulties: int64 [n], the difficulty of each expression in points.
        keys: uint64 [n], canonical keys.
        items: int64 [n], rising: which items of the stream of expressions they are.
        sizes: the sizes of every stratum of the space.
        left_out: how many items since the last row before were left out for held-out lines in their workings.
        workings: '<U' [n], each ending in its answer; None where none are written.
        whole_workings: '<U' [n], of which `workings` may leave parts out.
    """

    columns = ("expressions", "answers", "indices", "strata", "calculations", "difficulties", "keys", "items")

    split: Split
    expressions: NDArray[np.str_]
    answers: NDArray[np.str_]
    indices: NDArray[np.object_]
    strata: NDArray[np.int64]
    calculations: NDArray[np.int64]
    difficulties: NDArray[np.int64]
    keys: NDArray[np.uint64]
    items: NDArray[np.int64]
    sizes: tuple[Sizes, ...]
    left_out: int = 0
    workings: NDArray[np.str_] | None = None
    whole_workings: NDArray[np.str_] | None = None


def weave(pieces: Sequence[AnyColumns], items: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], AnyColumns]:
    """Put the rows of pieces, one or more, in the order of their items, int64 [m] each, all different.

    Returns:
        All items, rising, int64 [n], and the rows in their order.

    >>> pieces = Examples.of([("1+2", "3"), ("3+4", "7")]), Examples.of([("1+2+3", "6")])
    >>> items, examples = weave(pieces, (np.array([0, 4]), np.array([2])))
    >>> items.tolist(), examples.answers.tolist()
    ([0, 2, 4], ['3', '6', '7'])
    """
    together = np.concatenate(items)
    # Each piece is in order already, so that sorting only merges them.
    order = np.argsort(together, kind="stable")
    return together[order], type(pieces[0]).concatenate(pieces).select(order)


def block_calculations(block: Block, programs: Programs) -> NDArray[np.int64]:
    """Count the calculations of every expression of a block, signs included; int64 [n]."""
    counts: NDArray[np.int64] = (programs.operations[block.rows] != NOTHING).sum(axis=1, dtype=np.int64)
    for row in np.flatnonzero(programs.by_text[block.rows]).tolist():
        counts[row] = calculations(str(block.expressions[row]), block.skeletons.operators)
    return counts


def calculations(expression: str, operators: Operators = ()) -> int:
    """Count the calculations of an expression, those of operators of plugins among them.

    >>> calculations("(1+2)*-3")
    3
    """
    return sum(
        step != BRACKETS and not isinstance(step, int) and not isinstance(step, Fraction)
        for step in parse(expression, operators=operators).steps
    )
