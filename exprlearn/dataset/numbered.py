"""The examples of a split by number, each with its index in the space, its sizes and its difficulty.

They are made a window of the stream at a time, in columns: what is said of an example costs as much as the example.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.config import Components
from exprlearn.dataset.difficulty import block_scores, points_of
from exprlearn.dataset.drawing.example_stream import WINDOW, ExampleStream
from exprlearn.dataset.drawing.rows import Columns, Examples, weave
from exprlearn.dataset.drawing.split import FilteredRows, Split
from exprlearn.dataset.splits import open_drawing
from exprlearn.sampling import ExpressionSpace

# Windows of a stream that are remembered: some hundred thousand examples.
_MOST_WINDOWS = 32
# Held-out examples that are looked up in the space together.
_AT_ONCE = 1 << 8

Numbered = tuple[str, str, int, dict[str, int], int]
"""An expression, its answer, its index in the space, its sizes and its difficulty."""


@dataclass(frozen=True, eq=False)
class NumberedRows(Columns):
    """n examples of a split, with what their entries say of them.

    Attributes:
        expressions: '<U' [n].
        answers: '<U' [n].
        indices: int64 [n], the index of each expression in the space; object, Python integers, in a large space.
        places: int64 [n], the sizes of each, an index into `sizes`.
        difficulties: int64 [n], in points.
        sizes: the sizes that come.
    """

    columns = ("expressions", "answers", "indices", "places", "difficulties")

    expressions: NDArray[np.str_]
    answers: NDArray[np.str_]
    indices: NDArray[Any]
    places: NDArray[np.int64]
    difficulties: NDArray[np.int64]
    sizes: tuple[dict[str, int], ...]

    def entries(self) -> Iterator[Numbered]:
        """Yield a row after the other; each has sizes of its own."""
        columns = (getattr(self, name).tolist() for name in self.columns)
        for expression, answer, index, place, difficulty in zip(*columns, strict=True):
            yield expression, answer, index, self.sizes[place].copy(), difficulty


class NumberedExamples:
    """The first examples of a split, as training and scoring with the same settings have them.

    A held-out split by content may have fewer than asked for; by position, a `DataError` refuses to give fewer. No
    working of a training example shows what the spaces `beside` hold out.
    """

    def __init__(
        self,
        space: ExpressionSpace,
        components: Components,
        split: Split,
        size: int,
        *,
        beside: Sequence[ExpressionSpace] = (),
    ) -> None:
        self.space, self._split, self._size = space, split, size
        self._drawing = open_drawing(space, components, beside)

    def __len__(self) -> int:
        return self._size if self._split == "train" else len(self.examples)

    @cached_property
    def examples(self) -> Examples:
        """All of them, in columns."""
        if self._split == "train":
            return self._drawing.train.take(self._size)[0]
        return self._drawing.fixed(self._split, self._size)

    def between(self, start: int, stop: int) -> Iterator[NumberedRows]:
        """Yield the examples start to stop, in pieces of any length."""
        if self._split == "train":
            for rows in self._windows.between(start, stop):
                # A space that is divided more finely has other indices.
                yield rows if self._drawing.train.stream.space is self.space else self._ranked(rows)
        else:
            for first in range(start, stop, _AT_ONCE):
                yield self._found(self.examples[first : min(first + _AT_ONCE, stop)])

    def _found(self, examples: Examples) -> NumberedRows:
        """Number examples that are known by nothing but their texts."""
        indices = [self.space.rank(expression) for expression in examples.expressions.tolist()]
        return NumberedRows(
            examples.expressions,
            examples.answers,
            np.array(indices, _index_type(self.space)),
            np.arange(len(examples)),
            np.array([points_of(expression) for expression in examples.expressions.tolist()], np.int64),
            tuple(self.space.locate(index)[0].sizes.as_dict() for index in indices),
        )

    def _ranked(self, rows: NumberedRows) -> NumberedRows:
        indices = [self.space.rank(expression) for expression in rows.expressions.tolist()]
        return replace(rows, indices=np.array(indices, _index_type(self.space)))

    @cached_property
    def _windows(self) -> Windows:
        return Windows(self._drawing.train)


class Windows:
    """The examples of a stream by number.

    Reaching an example for the first time takes a walk through all windows before it, at the speed of the stream;
    after that its window is found at once, and made again when it has been forgotten.
    """

    def __init__(self, stream: ExampleStream) -> None:
        self.stream, self._search = stream, stream.search()
        # How many examples come before each window.
        self._starts = [0]
        self._window = lru_cache(_MOST_WINDOWS)(self._make)

    def between(self, start: int, stop: int) -> Iterator[NumberedRows]:
        """Yield the examples start to stop, a window or a part of one at a time.

        Raises:
            DataError: hardly any expression is an example.
        """
        while start < stop:
            which = self._reach(start)
            row = start - self._starts[which]
            rows = self._window(which)[0].select(slice(row, row + stop - start))
            yield rows
            start += len(rows)

    def _reach(self, number: int) -> int:
        """Tell which window has an example."""
        while self._starts[-1] <= number:
            rows, eligible, rejected = self._window(len(self._starts) - 1)
            self._starts.append(self._starts[-1] + len(rows))
            self._search.note(len(rows), WINDOW, eligible, rejected)
        return bisect_right(self._starts, number) - 1

    def _make(self, which: int) -> tuple[NumberedRows, int, Counter[str]]:
        """Make a window; with it, how many items belong to the split, and how many of these each rule rejects."""
        space = self.stream.stream.space
        pieces, order = [_no_rows(space)], [np.empty(0, np.int64)]
        sizes: list[dict[str, int]] = []
        eligible, rejected = 0, Counter[str]()
        for first, items, found in self.stream.parts(which * WINDOW, (which + 1) * WINDOW):
            pieces.append(_numbered(space, first, found, len(sizes)))
            order.append(items)
            sizes.append(found.block.stratum.sizes.as_dict())
            eligible += found.eligible
            rejected.update(found.rejected)
        rows = weave(pieces, order)[1]
        return replace(rows, sizes=tuple(sizes)), eligible, rejected


def _numbered(space: ExpressionSpace, first: int, found: FilteredRows, place: int) -> NumberedRows:
    """Number the examples of a stratum whose first expression has an index."""
    block = found.block
    indices: NDArray[Any] = first + np.array(block.indices, _index_type(space))
    places = np.full(len(block), place, np.int64)
    return NumberedRows(block.expressions, found.answers, indices, places, block_scores(block), ())


def _no_rows(space: ExpressionSpace) -> NumberedRows:
    numbers, texts = np.empty(0, np.int64), np.empty(0, "<U1")
    return NumberedRows(texts, texts, numbers.astype(_index_type(space)), numbers, numbers, ())


def _index_type(space: ExpressionSpace) -> type:
    return np.int64 if space.size < 1 << 63 else object
