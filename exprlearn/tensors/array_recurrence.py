"""The recurrent layers of `keras.layers` that built-in models are made of, as they answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from exprlearn.tensors.array_layer import Layer
from exprlearn.tensors.array_ops import reshape_rows


def _sigmoid(array: Any) -> Any:
    # As a tangent it overflows nowhere.
    return 0.5 + 0.5 * np.tanh(0.5 * array)


def _read_steps(mask: Any, steps: int) -> list[Any]:
    """Tell for each step which rows read it, (batch, 1) bool; of a single row True or False, which saves computing."""
    if mask is None:
        return [True] * steps
    if type(mask) is np.ndarray and len(mask) == 1:
        return list(mask[0].tolist())
    return [mask[:, step, None] for step in range(steps)]


class LSTMCell(Layer):
    """One step of an LSTM, from features (batch, size) and two states (batch, units) to output and new states."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units, self.activation, self.recurrent_activation = units, np.tanh, _sigmoid

    def build(self, inputs: Any) -> None:
        """Make the matrices of all gates, and the seed that Keras keeps beside them."""
        self.kernel = self.add_weight("kernel", inputs.shape[-1], 4 * self.units)
        self.recurrent_kernel = self.add_weight("recurrent_kernel", self.units, 4 * self.units)
        self.bias = self.add_weight("bias", 4 * self.units)
        self.add_weight("seed_generator_state", 2, dtype="int64")

    def call(self, inputs: Any, states: Any) -> Any:
        """Do one step, of features (batch, size)."""
        hidden, cell_state = self.advance(np.matmul(inputs, self.kernel.value) + self.bias.value, *states)
        return hidden, [hidden, cell_state]

    def advance(self, gates: Any, hidden: Any, cell_state: Any) -> tuple[Any, Any]:
        """Return the two states after a step, of what the inputs add to the gates (batch, 4 * units)."""
        gates = gates + np.matmul(hidden, self.recurrent_kernel.value)
        units = self.units
        # Gates stand side by side: into, keep, new, out. One function of all is faster than three of three.
        opened, new = _sigmoid(gates), np.tanh(gates[:, 2 * units : 3 * units])
        cell_state = opened[:, units : 2 * units] * cell_state + opened[:, :units] * new
        return opened[:, 3 * units :] * np.tanh(cell_state), cell_state


class LSTM(Layer):
    """A long short-term memory, from (batch, steps, size) to (batch, steps, units), or its last step."""

    def __init__(
        self,
        units: int,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        use_cudnn: Any = "auto",
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.cell = LSTMCell(units)
        self._parts = [self.cell]
        self.return_sequences, self.return_state, self.go_backwards = return_sequences, return_state, go_backwards

    def build(self, inputs: Any) -> None:
        """Make the weights of the cell."""
        self.cell.ensure_built(inputs)

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """Read (batch, steps, size); what a mask (batch, steps) leaves out changes nothing."""
        gates = np.matmul(sequences, self.cell.kernel.value) + self.cell.bias.value
        steps, written = gates.shape[1], np.zeros_like(gates[:, 0, : self.cell.units])
        state, read, outputs = initial_state or (written, written), _read_steps(mask, steps), []
        for step in reversed(range(steps)) if self.go_backwards else range(steps):
            is_read = read[step]
            if is_read is not False:
                new = self.cell.advance(gates[:, step], *state)
                if is_read is True:
                    state, written = new, new[0]
                else:
                    state = [np.where(is_read, *pair) for pair in zip(new, state, strict=True)]
                    written = np.where(is_read, new[0], written)
            outputs.append(written)
        # Side by side, steps are those of a row: it takes a quarter of the time of numpy's stack.
        rows = np.concatenate(outputs, axis=1) if self.return_sequences else None
        output = written if rows is None else reshape_rows(rows, (steps, self.cell.units))
        return (output, *state) if self.return_state else output
