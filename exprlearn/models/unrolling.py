"""An LSTM without a loop: Keras's weights and equations, laid out step after step.

A loop over a handful of small steps costs more than the steps. Keras's own `unroll=True` leaves the product of the
inputs in every step; here it is one for all of them. Steps and gates are cut with `split`, whose gradient puts the
parts together once; that of a slice adds up a whole tensor for each part, which took twice as long.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

#: At 5 steps a quarter is saved, at 10 nothing any more, and every step is compiled by itself (docs/results.md).
MOST_STEPS = 8


@cache
def unrolled_lstm() -> type[keras.layers.LSTM]:
    """Return the class, a `keras.layers.LSTM` that takes its steps without a loop unless it is given a mask."""
    import keras
    from keras import ops

    class LSTM(keras.layers.LSTM):  # type: ignore[misc]
        # A saved model names its layers' classes. Under this one anybody's Keras finds its own layer, whose weights and
        # equations these are.
        __module__ = "keras.layers"

        def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
            if mask is not None:
                return super().call(sequences, initial_state=initial_state, mask=mask, training=training)
            hidden, carried = initial_state or (None, None)
            outputs = []
            for gates in _input_gates(self, sequences):
                hidden, carried = _step(self.cell, gates, hidden, carried)
                outputs.append(hidden)
            written = ops.stack(outputs, axis=1) if self.return_sequences else hidden
            return (written, hidden, carried) if self.return_state else written

    return LSTM


def _input_gates(layer: keras.layers.LSTM, sequences: Any) -> list[Any]:
    """Multiply the inputs (batch, steps, size) of all steps at once; return (batch, 4 * units) a step, as it reads."""
    from keras import ops

    steps, size = sequences.shape[1:]
    rows = ops.reshape(ops.transpose(sequences, (1, 0, 2)), (-1, size))
    parts: list[Any] = ops.split(ops.matmul(rows, layer.cell.kernel) + layer.cell.bias, steps, axis=0)
    return parts[::-1] if layer.go_backwards else parts


def _step(cell: keras.layers.LSTMCell, gates: Any, hidden: Any, carried: Any) -> tuple[Any, Any]:
    """Return the hidden and the cell state (batch, units) after a step; None before it are zeros, not multiplied by."""
    from keras import ops

    if hidden is not None:
        gates = gates + ops.matmul(hidden, cell.recurrent_kernel)
    into, keep, new, out = ops.split(gates, 4, axis=1)
    new = cell.recurrent_activation(into) * cell.activation(new)
    carried = new if carried is None else cell.recurrent_activation(keep) * carried + new
    return cell.recurrent_activation(out) * cell.activation(carried), carried
