"""Layers that the built-in models share: features of ids, and LSTMs in either direction, looped or unrolled."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import Field

from exprlearn.plugin import Shape
from exprlearn.tensors import keras, ops

LayerSizes = Annotated[tuple[Annotated[int, Field(ge=1, le=4096)], ...], Field(max_length=8)]
"""Units of each layer from the first to the last; none leaves them to the options `units` and `layers`."""


def features_of(shape: Shape, *, width: int, name: str) -> keras.layers.Layer:
    """Make the layer from ids (batch, steps) int32 to features (batch, steps, size) float32, as `shape.inputs` says.

    `one-hot` is a fixed identity embedding, since gathering rows is faster than multiplying by one-hot rows;
    `integer` is the ordinal encoding `id / (vocabulary_size - 1)`; `embedding` is learned, `width` numbers a token.
    """
    size = shape.vocabulary_size
    if shape.inputs == "integer":
        column = keras.layers.Reshape((-1, 1))
        return keras.Sequential([column, keras.layers.Rescaling(1.0 / (size - 1))], name=name)
    if shape.inputs == "one-hot":
        return keras.layers.Embedding(size, size, embeddings_initializer="identity", trainable=False, name=name)
    return keras.layers.Embedding(size, width, name=name)


def read(
    features: keras.KerasTensor,
    units: int,
    *,
    bidirectional: bool,
    name: str,
    mask: keras.KerasTensor | None = None,
    unrolled: bool = False,
) -> tuple[keras.KerasTensor, keras.KerasTensor, keras.KerasTensor]:
    """Read features (batch, steps, size); return outputs (batch, steps, units), last hidden and cell (batch, units).

    Read in both directions, each gets half of the units, and the two are joined. Two plain layers do it: Keras's
    `Bidirectional` copies its layer through serialisation, which imports TensorFlow on every backend.

    With a mask (batch, steps) bool, steps at which it is False are passed over: they change no state, so that the last
    states do not depend on where padding stands or how much of it; their output is the one before.

    Laid out (`unrolled`), a few steps are trained faster than in a loop, and many are compiled for longer.
    """
    kind = unrolled_lstm(keras.layers.LSTM) if unrolled else keras.layers.LSTM

    def lstm(size: int, direction: str, *, backwards: bool = False) -> list[keras.KerasTensor]:
        layer = kind(
            size,
            return_sequences=True,
            return_state=True,
            go_backwards=backwards,
            # cuDNN's kernel takes no mask but that of padding on the right, and ours stands on the left or between.
            use_cudnn="auto" if mask is None else False,
            name=f"{name}{direction}",
        )
        return list(layer(features, mask=mask))

    if not bidirectional:
        outputs, hidden, cell = lstm(units, "")
        return outputs, hidden, cell
    ahead = lstm(units - units // 2, "_ahead")
    back = lstm(units // 2, "_back", backwards=True)
    back[0] = ops.flip(back[0], axis=1)
    parts = zip(("outputs", "hidden", "cell"), ahead, back, strict=True)
    outputs, hidden, cell = (keras.layers.Concatenate(name=f"{name}_{part}")(both) for part, *both in parts)
    return outputs, hidden, cell


#: At 5 steps a quarter is saved, at 10 nothing any more, and every step is compiled by itself (docs/results.md).
MOST_STEPS = 8


@cache
def unrolled_lstm(looped: type[keras.layers.LSTM]) -> type[keras.layers.LSTM]:
    """Return the class, a `keras.layers.LSTM` that takes its steps without a loop unless it is given a mask."""

    class UnrolledLSTM(looped):  # type: ignore[misc]
        # A saved model names its layers' classes. Under this one anybody's Keras finds its own layer, whose weights and
        # equations these are.
        __module__ = "keras.layers"

        def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
            if mask is not None:
                return super().call(sequences, initial_state=initial_state, mask=mask, training=training)
            hidden, cell_state = initial_state or (None, None)
            outputs = []
            for gates in _input_gates(self, sequences):
                hidden, cell_state = _step(self.cell, gates, hidden, cell_state)
                outputs.append(hidden)
            written = ops.stack(outputs, axis=1) if self.return_sequences else hidden
            return (written, hidden, cell_state) if self.return_state else written

    UnrolledLSTM.__name__ = "LSTM"
    return UnrolledLSTM


def _input_gates(layer: keras.layers.LSTM, sequences: Any) -> list[Any]:
    """Multiply the inputs (batch, steps, size) of all steps at once; return (batch, 4 * units) a step, as it reads."""
    steps, size = sequences.shape[1:]
    rows = ops.reshape(ops.transpose(sequences, (1, 0, 2)), (-1, size))
    parts: list[Any] = ops.split(ops.matmul(rows, layer.cell.kernel) + layer.cell.bias, steps, axis=0)
    return parts[::-1] if layer.go_backwards else parts


def _step(cell: keras.layers.LSTMCell, gates: Any, hidden: Any, cell_state: Any) -> tuple[Any, Any]:
    """Return the hidden and the cell state (batch, units) after a step; None before it are zeros, not multiplied by."""
    if hidden is not None:
        gates = gates + ops.matmul(hidden, cell.recurrent_kernel)
    into, keep, new, out = ops.split(gates, 4, axis=1)
    new = cell.recurrent_activation(into) * cell.activation(new)
    cell_state = new if cell_state is None else cell.recurrent_activation(keep) * cell_state + new
    return cell.recurrent_activation(out) * cell.activation(cell_state), cell_state
