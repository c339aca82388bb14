"""The examples of one split by number: drawn without end, a fixed set, or those set aside by position."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from exprlearn.config import Components
from exprlearn.dataset.drawing.opening import open_drawing
from exprlearn.dataset.drawing.rows import Example, Examples
from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.drawing.stream import WINDOW, ExampleStream, FoundExamples
from exprlearn.sampling import ExpressionSpace

# Some hundred thousand examples.
_MOST_WINDOWS = 32


class NumberedExamples:
    """The first examples of a split, as training and scoring with the same settings have them.

    Args:
        space: all expressions.
        components: what the settings name, made.
        split: the split.
        size: how many examples; a held-out split by content may have fewer.

    Raises:
        DataError: by position, fewer are set aside.
    """

    def __init__(self, space: ExpressionSpace, components: Components, split: Split, size: int) -> None:
        self.space, self._split, self._size = space, split, size
        self._drawing = open_drawing(space, components)

    def __len__(self) -> int:
        return self._size if self._split == "train" else len(self.examples)

    @cached_property
    def examples(self) -> Examples:
        """All of them, in columns."""
        if self._split == "train":
            return self._drawing.train.take(self._size)[0]
        return self._drawing.fixed(self._split, self._size)

    def at(self, number: int) -> tuple[Example, int]:
        """Find an example and the index of its expression in the space."""
        if self._split == "train":
            return self._windows.at(number)
        example = self.examples[number]
        return example, self.space.rank(example.expression)

    @cached_property
    def _windows(self) -> Windows:
        return Windows(self._drawing.train)


@dataclass(frozen=True, eq=False)
class Window:
    """The examples among neighbouring items of a stream.

    Attributes:
        stream: where they come from.
        start: the first item.
        found: the examples.
    """

    stream: ExampleStream
    start: int
    found: FoundExamples

    @cached_property
    def indices(self) -> list[int]:
        """The index in the space of each example's expression."""
        indices = self.stream.stream.items(self.start, self.start + self.found.tried).indices
        return [indices[item] for item in self.found.items.tolist()]


class Windows:
    """The examples of a stream by number.

    Reaching an example for the first time takes a walk through all windows before it, at the speed of the stream;
    after that its window is found at once, and made again when it has been forgotten.
    """

    def __init__(self, stream: ExampleStream) -> None:
        self.stream = stream
        self._ends: list[int] = []
        self._kept: OrderedDict[int, Window] = OrderedDict()
        self._search = stream.search()

    def at(self, number: int) -> tuple[Example, int]:
        """Return an example and the index of its expression in the space.

        Raises:
            DataError: hardly any expression is an example.
        """
        while not self._ends or self._ends[-1] <= number:
            self._advance()
        which = bisect_right(self._ends, number)
        window = self._window(which)
        row = number - (self._ends[which - 1] if which else 0)
        return window.found.examples[row], window.indices[row]

    def _advance(self) -> None:
        found = self._window(len(self._ends)).found
        self._ends.append((self._ends[-1] if self._ends else 0) + len(found.items))
        self._search.note(len(found.items), found.tried, found.eligible, found.rejected)

    def _window(self, which: int) -> Window:
        window = self._kept.get(which)
        if window is None:
            start = which * WINDOW
            window = self._kept[which] = Window(self.stream, start, self.stream.find(start, start + WINDOW))
            if len(self._kept) > _MOST_WINDOWS:
                self._kept.popitem(last=False)
        return window
