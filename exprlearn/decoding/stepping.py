"""A trained model as something that writes one token after the other: what greedy decoding and beam search share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exprlearn.plugin import Shape
from exprlearn.tensors import keras, ops


@dataclass(frozen=True)
class Stepping:
    """How a model writes, step by step.

    Attributes:
        begin: source (n, source_length) → the states before the first step, a list of tensors (n, …).
        advance: number of the step, token (n, 1) written before it, states → logits (n, vocabulary_size), new states.
        shared: for each state whether no step changes it, as with the memory that attention looks at.
        outlook: states before the first step → (n, target_length + 1), the log probability of the likeliest way to go
            on from each step to the end; None for models whose next token depends on those before it.
    """

    begin: Callable[[Any], list[Any]]
    advance: Callable[[Any, Any, list[Any]], tuple[Any, list[Any]]]
    shared: tuple[bool, ...]
    outlook: Callable[[list[Any]], Any] | None = None


def cut_in_two(encode: keras.Model, step: keras.Model) -> Stepping:
    """Write on the states that the model hands on."""

    def advance(index: Any, token: Any, state: list[Any]) -> tuple[Any, list[Any]]:
        logits, *new_state = step([token, *state], training=False)
        return logits[:, 0], new_state

    pairs = zip(step.inputs[1:], step.outputs[1:], strict=True)
    return Stepping(
        begin=lambda source: list(encode(source, training=False)),
        advance=advance,
        shared=tuple(given is handed_on for given, handed_on in pairs),
    )


def rerunning(logits: Callable[[Any, Any], Any], shape: Shape) -> Stepping:
    """Write with a model by running the whole of it for every token; the states are source and text so far.

    Args:
        logits: of every step, from the source and a target of which each step takes the tokens before it alone.
        shape: of the model.
    """

    def begin(source: Any) -> list[Any]:
        return [source, ops.full((ops.shape(source)[0], shape.target_length), shape.pad, dtype="int32")]

    def advance(index: Any, token: Any, state: list[Any]) -> tuple[Any, list[Any]]:
        source, written = state
        steps = ops.arange(shape.target_length)
        # The token that was written one step before; the start mark, before the first, is no token of the text.
        written = ops.where(ops.equal(steps, index - 1), token, written)
        return _at(logits(source, written), ops.equal(steps, index)), [source, written]

    return Stepping(begin, advance, shared=(True, False))


def independent(model: keras.Model, shape: Shape) -> Stepping:
    """Write with a model that gives all steps at once; its logits are the only state."""

    def advance(index: Any, token: Any, state: list[Any]) -> tuple[Any, list[Any]]:
        return _at(state[0], ops.equal(ops.arange(shape.target_length), index)), state

    return Stepping(
        begin=lambda source: [model([source], training=False)],
        advance=advance,
        shared=(True,),
        outlook=lambda state: _likeliest_ends(state[0], shape),
    )


def _at(logits: Any, here: Any) -> Any:
    """Pick the logits (n, vocabulary_size) of the one step that is marked."""
    return ops.sum(ops.where(here[None, :, None], logits, 0.0), axis=1)


def _likeliest_ends(logits: Any, shape: Shape) -> Any:
    """Sum up, from the last step back, what the likeliest way to the end mark or the last step is worth."""
    steps = ops.log_softmax(logits, axis=-1)
    is_end = ops.equal(ops.arange(shape.vocabulary_size), shape.end)
    worth = [ops.zeros_like(steps[:, 0, 0])]
    for step in reversed(range(shape.target_length)):
        going_on = ops.where(is_end, steps[:, step], steps[:, step] + worth[0][:, None])
        worth.insert(0, ops.max(going_on, axis=-1))
    return ops.stack(worth, axis=1)


def write_greedily(source: Any, stepping: Stepping, shape: Shape) -> tuple[Any, Any]:
    """Write token after token until every answer has ended; what follows an end mark is padding."""
    count, steps = ops.shape(source)[0], shape.target_length
    places = ops.arange(steps)

    def go_on(index: Any, token: Any, unended: Any, *rest: Any) -> Any:
        return (index < steps) & ops.any(unended)

    def body(index: Any, token: Any, unended: Any, ids: Any, probabilities: Any, *state: Any) -> tuple[Any, ...]:
        logits, new_state = stepping.advance(index, token, list(state))
        chosen = ops.where(unended, ops.argmax(logits, axis=-1), shape.pad)[:, None]
        here = ops.equal(places, index)[None, :]
        ids = ops.where(here, chosen, ids)
        probabilities = ops.where(here[:, :, None], ops.softmax(logits, axis=-1)[:, None, :], probabilities)
        unended = ops.logical_and(unended, ops.not_equal(chosen[:, 0], shape.end))
        return (index + 1, chosen, unended, ids, probabilities, *new_state)

    first = (
        ops.convert_to_tensor(0, dtype="int32"),
        ops.full((count, 1), shape.start, dtype="int32"),
        ops.full((count,), True, dtype="bool"),
        ops.full((count, steps), shape.pad, dtype="int32"),
        ops.zeros((count, steps, shape.vocabulary_size), dtype="float32"),
        *stepping.begin(source),
    )
    _, _, _, ids, probabilities, *_ = ops.while_loop(go_on, body, first)
    return ids, probabilities
