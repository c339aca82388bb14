"""The examples of one part by number: drawn without end, a fixed set, or those set aside by position."""

from __future__ import annotations

from functools import cached_property

from exprlearn.config import Components
from exprlearn.dataset.answering import Answering
from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.examples import Example, Examples
from exprlearn.dataset.opening import load_splits
from exprlearn.dataset.splits import fixed_set, part_streams
from exprlearn.dataset.streaming import ExampleStream
from exprlearn.dataset.windows import Windows
from exprlearn.sampling import ExpressionSpace


class NumberedExamples:
    """The first examples of a part, as training and scoring with the same settings have them.

    Args:
        space: all expressions.
        components: what the settings name, made.
        part: the part.
        size: how many examples; a held-out part by content may have fewer.

    Raises:
        DataError: by position, more than were set aside.
    """

    def __init__(self, space: ExpressionSpace, components: Components, part: Split, size: int) -> None:
        self.space, self._part, self._size = space, part, size
        if components.config.data.split == "position":
            asked = {} if part == "train" else {str(part): size}
            splits = load_splits(space, components, sizes=asked)
            held_out = {"validation": splits.validation, "test": splits.test}
            self._held_out, self._stream = held_out.get(part), splits.train
        else:
            self._held_out, self._stream = None, self._by_content(components)
        self._windows = Windows(self._stream)

    def __len__(self) -> int:
        return self._size if self._part == "train" else len(self.examples)

    @cached_property
    def examples(self) -> Examples:
        """All of them, in columns."""
        if self._held_out is not None:
            return self._held_out
        return self._stream.take(self._size)[0] if self._part == "train" else fixed_set(self._stream, self._size)

    def at(self, place: int) -> tuple[Example, int]:
        """Find an example and the index of its expression in the space."""
        if self._part == "train":
            return self._windows.at(place)
        example = self.examples[place]
        return example, self.space.rank(example.expression)

    def _by_content(self, components: Components) -> ExampleStream:
        config, answering = components.config, Answering(components.division, components.constraints)
        streams = part_streams(
            self.space, answering, seed=config.seed, level=config.data.level, balance=config.data.balance
        )
        return streams(self._part)
