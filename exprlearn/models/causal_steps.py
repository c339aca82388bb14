"""A causal transformer cut in two on the same weights: a question read once, and one step of writing its answer.

What is handed on are the keys and values of all steps, in rows that have room for the answer:

    · 1 2 + 3 = _ _ _     a question of 4 tokens in rows of 5, the start mark, room for what is written after it
"""

from __future__ import annotations

from typing import Any

from exprlearn.models.causal_network import (
    BuiltFrom,
    TokenPosition,
    bias_of,
    features_at,
    is_sign,
    positions_of,
    turn_at,
)
from exprlearn.models.token_positions import is_one_of, shares_segment
from exprlearn.models.transformer_layers import TransformerBlock
from exprlearn.plugin import Incremental
from exprlearn.tensors import keras, ops


def incremental(model: keras.Model) -> Incremental:
    """Cut a built model in two.

    The states are the number of the step (batch, 1), what the last token was (batch, 3), where all tokens stand and
    which of them there are (batch, source_length + target_length), all int32, then keys and values of each block.
    """
    built: BuiltFrom = model.built_from
    source = keras.Input((built.shape.source_length,), dtype="int32")
    encode = keras.Model(source, _read(model, source))
    given = [keras.Input(tensor.shape[1:], dtype=tensor.dtype) for tensor in encode.outputs]
    token = keras.Input((1,), dtype="int32")
    return Incremental(encode=encode, step=keras.Model([token, *given], _write(model, token, given)))


def _read(model: keras.Model, source: Any) -> list[Any]:
    """Return the states before the first step, of questions (batch, source_length) laid out flush right."""
    built: BuiltFrom = model.built_from
    shape, options = built
    tokens = ops.concatenate([source, ops.full_like(source[:, :1], shape.start)], axis=1)
    segments = ops.cast(ops.not_equal(tokens, shape.pad), "int32")
    position = positions_of(tokens, segments, ops.ones_like(tokens, dtype="bool"), built)
    hidden, turn = features_at(_layers(model), tokens, position), turn_at(position, options)
    bias = bias_of(shares_segment(segments), position.at, position.at, options)
    states = [
        ops.zeros_like(source[:, :1]),
        _last(tokens, segments, built),
        _room(position.at, built),
        _room(segments, built),
    ]
    for block in TransformerBlock.all_of(model):
        queries, keys, values = block.vectors(hidden, turn)
        hidden = block.add(hidden, queries, keys, values, bias)
        states += [_room(keys, built), _room(values, built)]
    return states


def _last(tokens: Any, segments: Any, built: BuiltFrom) -> Any:
    """Tell of the last token before the start mark its step, no place, and the signs up to it: (batch, 3) int32."""
    steps = ops.sum(segments, axis=1, keepdims=True) - 2
    signs = ops.sum(ops.cast(is_sign(tokens, built.shape), "int32"), axis=1, keepdims=True) - 1
    return ops.concatenate([steps, ops.zeros_like(steps), signs], axis=1)


def _write(model: keras.Model, token: Any, given: list[Any]) -> list[Any]:
    """Return logits (batch, 1, vocabulary_size) after a token (batch, 1), and the states after it."""
    built: BuiltFrom = model.built_from
    step, last, at, present, *kept = given
    layers, slot = _layers(model), ops.max(step) + built.shape.source_length
    last, position = _position_after(last, token, built)
    at, present = _put(at, slot, position.at), _put(present, slot, ops.ones_like(token))
    hidden, turn = features_at(layers, token, position), turn_at(position, built.options)
    bias = bias_of(ops.expand_dims(ops.equal(present, 1), 1), position.at, at, built.options)
    states = [step + 1, last, at, present]
    for number, block in enumerate(TransformerBlock.all_of(model)):
        queries, *new = block.vectors(hidden, turn)
        keys, values = (_put(kept[2 * number + part], slot, new[part]) for part in range(2))
        hidden = block.add(hidden, queries, keys, values, bias)
        states += [keys, values]
    return [layers["logits"](layers["norm"](hidden)), *states]


def _position_after(last: Any, token: Any, built: BuiltFrom) -> tuple[Any, TokenPosition]:
    """Count a token (batch, 1) behind the last one; return what there is to know of it (batch, 3), and its position."""
    is_digit = ops.cast(is_one_of(token, built.shape.digits), "int32")
    step, place = last[:, :1] + 1, (last[:, 1:2] + 1) * is_digit
    signs = last[:, 2:] + ops.cast(is_sign(token, built.shape), "int32")
    position = TokenPosition(place + 1, signs) if built.options.positions == "places" else TokenPosition(step, place)
    return ops.concatenate([step, place, signs], axis=1), position


def _layers(model: keras.Model) -> dict[str, keras.layers.Layer]:
    return {layer.name: layer for layer in model.layers}


def _room(tensor: Any, built: BuiltFrom) -> Any:
    """Make room for the answer behind the start mark of (batch, source_length + 1) or (batch, heads, …, head)."""
    axis, room = _axis_of_steps(tensor), [[0, 0] for _ in tensor.shape]
    room[axis] = [0, built.shape.target_length - 1]
    return ops.pad(tensor, room)


def _put(row: Any, slot: Any, new: Any) -> Any:
    """Write `new`, of one step, into the step of a number of (batch, steps) or (batch, heads, steps, head)."""
    place = [ops.zeros_like(slot)] * len(row.shape)
    place[_axis_of_steps(row)] = slot
    return ops.slice_update(row, ops.stack(place), new)


def _axis_of_steps(tensor: Any) -> int:
    return 1 if len(tensor.shape) == 2 else 2
