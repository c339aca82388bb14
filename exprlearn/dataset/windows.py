"""Random access to a filtered stream: how many examples each window of it holds is remembered, little else is."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from exprlearn.dataset.examples import Example
from exprlearn.dataset.streaming import ExampleStream, Found

#: Items of the stream in a window; no result depends on it.
WIDTH = 1 << 14

# Some hundred thousand examples.
_MOST_WINDOWS = 32


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
    found: Found

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
        place = bisect_right(self._ends, number)
        window = self._window(place)
        row = number - (self._ends[place - 1] if place else 0)
        return window.found.examples[row], window.indices[row]

    def _advance(self) -> None:
        found = self._window(len(self._ends)).found
        self._ends.append((self._ends[-1] if self._ends else 0) + len(found.items))
        self._search.note(len(found.items), found.tried, found.eligible, found.rejected)

    def _window(self, place: int) -> Window:
        window = self._kept.get(place)
        if window is None:
            start = place * WIDTH
            window = self._kept[place] = Window(self.stream, start, self.stream.find(start, start + WIDTH))
            if len(self._kept) > _MOST_WINDOWS:
                self._kept.popitem(last=False)
        return window
