"""From a trained model to answers: what it writes when nobody shows it the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.plugin import ModelSpec, Shape
from exprlearn.scoring.compiled import compiled

if TYPE_CHECKING:
    import keras

CHUNK = 1024
# Compiling costs seconds, so that a handful of expressions is answered faster without.
FEW = 16


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
        chosen = np.take_along_axis(self.probabilities, self.ids[:, :, None], axis=2)[:, :, 0].astype(np.float64)
        ended_before = np.cumsum(self.ids == end, axis=1) - (self.ids == end) > 0
        return np.asarray(np.where(ended_before, 1.0, chosen).prod(axis=1))


class Decoder:
    """Writes answers with the most probable token at each step.

    A sequence model writes all steps at once. A teacher-forced one reads each token it wrote before it writes the
    next; decoding ends when every answer of the block has its end mark.

    Args:
        model: the built model.
        spec: where it comes from; its `incremental` makes a step cost one step.
        shape: the shape it was built for.
    """

    def __init__(self, model: keras.Model, spec: ModelSpec, shape: Shape) -> None:
        self.model, self.spec, self.shape = model, spec, shape

    def decode(self, source: NDArray[Any]) -> Decoded:
        """Answer source rows (n, source_length) int32."""
        parts = [self._run(rows) for rows in _chunks(source)]
        ids = np.concatenate([part[0] for part in parts])
        return Decoded(ids[: len(source)], np.concatenate([part[1] for part in parts])[: len(source)])

    def values(self, source: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what a mapping model makes of source rows (n, source_length, features) float32: (n,), scaled."""
        parts = [self._run(rows)[0] for rows in _chunks(source)]
        return np.concatenate(parts)[: len(source), 0].astype(np.float64)

    def _run(self, rows: NDArray[Any]) -> list[NDArray[Any]]:
        function = self._answer if len(rows) <= FEW else self._compiled
        return [np.asarray(tensor) for tensor in function(rows)]

    @cached_property
    def _compiled(self) -> Callable[[Any], Any]:
        return compiled(self._answer, self.model.variables)

    @cached_property
    def _answer(self) -> Callable[[Any], Any]:
        if self.spec.framing == "mapping":
            return lambda source: (self.model([source], training=False),)
        if self.spec.framing == "sequence":
            return lambda source: _chosen(self.model([source], training=False))
        if self.spec.incremental is None:
            return _rerunning(self.model, self.shape)
        cut = self.spec.incremental(self.model)
        return _stepping(cut.encode, cut.step, self.shape)


def _chunks(source: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Cut rows into blocks of few sizes, since every size compiles anew; the last one is filled with its first row."""
    for start in range(0, len(source), CHUNK):
        rows = source[start : start + CHUNK]
        if FEW < len(rows) < CHUNK:
            size = 1 << (len(rows) - 1).bit_length()
            rows = np.concatenate([rows, np.repeat(rows[:1], size - len(rows), axis=0)])
        yield rows


def _chosen(logits: Any) -> tuple[Any, Any]:
    from keras import ops

    return ops.cast(ops.argmax(logits, axis=-1), "int32"), ops.softmax(logits, axis=-1)


def _stepping(encode: keras.Model, step: keras.Model, shape: Shape) -> Callable[[Any], Any]:
    """Decode on the states that the model hands on."""

    def answer(source: Any) -> tuple[Any, Any]:
        from keras import ops

        def advance(index: Any, token: Any, state: Any) -> tuple[Any, Any]:
            logits, *new_state = step([token, *state], training=False)
            return logits[:, 0], new_state

        source = ops.convert_to_tensor(source)
        return _write(source, list(encode(source, training=False)), advance, shape)

    return answer


def _rerunning(model: keras.Model, shape: Shape) -> Callable[[Any], Any]:
    """Decode any causal model by running the whole of it for every token; the state is what was written so far."""

    def answer(source: Any) -> tuple[Any, Any]:
        from keras import ops

        source = ops.convert_to_tensor(source)

        def advance(index: Any, token: Any, state: Any) -> tuple[Any, Any]:
            here = ops.equal(ops.arange(shape.target_length), index)
            written = ops.where(here, token, state[0])
            logits = model([source, written], training=False)
            weight = ops.cast(here, logits.dtype)[None, :, None]
            return ops.sum(logits * weight, axis=1), [written]

        nothing = ops.zeros((ops.shape(source)[0], shape.target_length), dtype="int32")
        return _write(source, [nothing], advance, shape)

    return answer


def _write(source: Any, state: list[Any], advance: Callable[..., Any], shape: Shape) -> tuple[Any, Any]:
    """Write token after token until every answer has ended; what follows an end mark is padding."""
    from keras import ops

    count, steps = ops.shape(source)[0], shape.target_length

    def go_on(index: Any, token: Any, ended: Any, *rest: Any) -> Any:
        return ops.logical_and(index < steps, ops.logical_not(ops.all(ended)))

    def body(index: Any, token: Any, ended: Any, ids: Any, probabilities: Any, *state: Any) -> tuple[Any, ...]:
        logits, new_state = advance(index, token, list(state))
        chosen = ops.cast(ops.argmax(logits, axis=-1), "int32")
        chosen = ops.where(ended, ops.full_like(chosen, shape.pad), chosen)
        here = ops.equal(ops.arange(steps), index)
        ids = ops.where(here[None, :], chosen[:, None], ids)
        probabilities = ops.where(here[None, :, None], ops.softmax(logits, axis=-1)[:, None, :], probabilities)
        ended = ops.logical_or(ended, ops.equal(chosen, shape.end))
        return (index + 1, chosen[:, None], ended, ids, probabilities, *new_state)

    first = (
        ops.convert_to_tensor(0, dtype="int32"),
        ops.full((count, 1), shape.start, dtype="int32"),
        ops.zeros((count,), dtype="bool"),
        ops.full((count, steps), shape.pad, dtype="int32"),
        ops.zeros((count, steps, shape.vocabulary_size), dtype="float32"),
        *state,
    )
    _, _, _, ids, probabilities, *_ = ops.while_loop(go_on, body, first)
    return ids, probabilities
