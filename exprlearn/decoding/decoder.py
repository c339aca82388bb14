"""From a trained model to answers: what it writes when nobody shows it the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.backend.keras_import import array_of, compiled
from exprlearn.decoding.beam import Beams, checked_width, search
from exprlearn.decoding.forced import forced_margins, forced_probabilities
from exprlearn.decoding.framing import FramingRules
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.decoding.stepping import Stepping
from exprlearn.plugin import ModelSpec, Shape
from exprlearn.tensors import keras, on_numpy, ops
from exprlearn.tensors.array_keras import Model

#: Every number of rows would compile anew: a few are answered one by one, more in blocks of so many.
FEW, BLOCK = 4, 128


@dataclass(frozen=True)
class Decoded:
    """What a model wrote.

    Attributes:
        ids: chosen tokens (n, target_length) int32.
        probabilities: of every token at every step (n, target_length, vocabulary_size) float32.
    """

    ids: NDArray[np.int32]
    probabilities: NDArray[np.float32]

    def answer_probabilities(self, end: int) -> NDArray[np.float64]:
        """Return the probability (n,) of each answer: the product over its tokens, the end mark included."""
        rows, steps = (np.arange(size) for size in self.ids.shape)
        chosen = self.probabilities[rows[:, None], steps, self.ids].astype(np.float64)
        ended = self.ids == end
        return np.asarray(np.where(ended.cumsum(axis=1) > ended, 1.0, chosen).prod(axis=1))


class Decoder:
    """Writes answers with the most probable token at each step, or searches for the most probable answers.

    A sequence model writes all steps at once. A teacher-forced one reads each token it wrote before it writes the
    next; decoding ends when every answer of the block has its end mark.

    Args:
        model: the built model.
        spec: where it comes from; its `incremental` makes a step cost one step.
        shape: the shape it was built for.
        rules: of the framing, for a run; None are those of any.
        compiling: whether functions are compiled, each once for single rows and once for blocks; uncompiled they take
            any number, and some hundred times as long.
    """

    def __init__(
        self,
        model: keras.Model,
        spec: ModelSpec,
        shape: Shape,
        *,
        rules: FramingRules | None = None,
        compiling: bool = True,
    ) -> None:
        self.model, self.spec, self.shape = model, spec, shape
        self.is_numpy = isinstance(model, Model)
        self.compiling = compiling and not self.is_numpy
        self.rules = rules or FRAMINGS[spec.framing]

    def decode(self, source: NDArray[Any]) -> Decoded:
        """Answer source rows (n, source_length) int32 with the most probable token at each step."""
        ids, probabilities = self.run("answer", self._answer, source)
        return Decoded(ids, probabilities)

    def beams(self, source: NDArray[Any], width: int) -> Beams:
        """Search for the `width` most probable answers of source rows (n, source_length) int32.

        For the sequence framing they are the most probable ones of all; for the teacher-forced framing the search
        is a beam, which a wider one may better.

        Raises:
            OptionError: a width that is too small or too large.
        """
        checked_width(width)
        block = max(1, BLOCK >> (width - 1).bit_length())

        def likeliest(rows: Any) -> Any:
            return search(ops.convert_to_tensor(rows), self._stepping, self.shape, width)

        return Beams(*self.run(f"beams {width}", likeliest, source, block=block))

    def retrace(self, source: NDArray[Any], ids: NDArray[np.int32]) -> Decoded:
        """Return rows (n, target_length) as if greedy decoding had written them, with what it would have seen."""
        function = forced_probabilities(self.model, self.rules, self.shape)
        return Decoded(ids, self.run("retrace", function, source, ids)[0])

    def margins(self, source: NDArray[Any], target: NDArray[np.int32]) -> NDArray[np.float32]:
        """Tell in one pass how far each target (n, target_length) is ahead; see `forced_margins`.

        Returns:
            (n,), positive where greedy decoding writes the target.
        """
        function = forced_margins(self.model, self.rules, self.shape)
        return np.asarray(self.run("margins", function, source, target)[0])

    def values(self, source: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what a mapping model makes of source rows (n, source_length, features) float32: (n,), scaled."""
        outputs = self.run("values", lambda rows: self.model([rows], training=False), source)[0]
        return np.asarray(outputs[:, 0].astype(np.float64))

    def run(
        self, name: str, function: Callable[..., Any], *columns: NDArray[Any], block: int = BLOCK
    ) -> list[NDArray[Any]]:
        """Run a function over blocks of rows, compiled under a name; join its outputs (n, steps).

        Of a model of numpy nothing is compiled.
        """
        parts = []
        for rows in _blocks(columns, block) if self.compiling else _cut(columns, block):
            with on_numpy() if self.is_numpy else nullcontext():
                outputs = self._ready(name, function, len(rows[0]))(*rows)
            parts.append([array_of(tensor) for tensor in (outputs if isinstance(outputs, tuple) else (outputs,))])
        return [np.concatenate(pieces)[: len(columns[0])] for pieces in zip(*parts, strict=True)]

    def _ready(self, name: str, function: Callable[..., Any], size: int) -> Callable[..., Any]:
        """Return a function as it is compiled for blocks of a size: TensorFlow warns of one that meets many sizes."""
        if not self.compiling:
            return function
        if (name, size) not in self._compiled:
            self._compiled[name, size] = compiled(function, self.model.variables)
        return self._compiled[name, size]

    @cached_property
    def _compiled(self) -> dict[tuple[str, int], Callable[..., Any]]:
        return {}

    @cached_property
    def _stepping(self) -> Stepping:
        return self.rules.stepping(self.model, self.spec, self.shape)

    def _answer(self, source: Any) -> tuple[Any, Any]:
        return self.rules.greedy(self.model, self._stepping, self.shape, source)


def _blocks(columns: Sequence[NDArray[Any]], block: int) -> Iterator[list[NDArray[Any]]]:
    """Cut rows into single ones where they are few, else into blocks; the last one is filled with its first row.

    >>> [len(rows[0]) for count in (2, 5, 9) for rows in _blocks([np.arange(count)], 8)]
    [1, 1, 8, 8, 8]
    """
    size = 1 if len(columns[0]) <= FEW else block
    for rows in _cut(columns, size):
        missing = size - len(rows[0])
        yield [
            np.concatenate([column, np.repeat(column[:1], missing, axis=0)]) if missing else column for column in rows
        ]


def _cut(columns: Sequence[NDArray[Any]], size: int) -> Iterator[list[NDArray[Any]]]:
    for start in range(0, len(columns[0]), size):
        yield [column[start : start + size] for column in columns]
