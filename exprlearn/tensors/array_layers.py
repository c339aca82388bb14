"""The layers of `keras.layers` that built-in models are made of, as they answer: nothing is dropped, nothing learned.

Each has the arguments, the equations and the names of weights that it has in Keras.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.tensors.array_graph import Node, is_symbolic, mapped
from exprlearn.tensors.array_ops import cast, error_function, relu, reshape_rows, softmax, take


def _sigmoid(array: Any) -> Any:
    # As a tangent it overflows nowhere.
    return 0.5 + 0.5 * np.tanh(0.5 * array)


def _gelu(array: Any) -> Any:
    return 0.5 * array * (1.0 + error_function(array / math.sqrt(2.0)))


ACTIVATIONS: Mapping[str | None, Callable[[Any], Any]] = {
    **dict.fromkeys((None, "linear"), lambda array: array),
    "relu": relu,
    "tanh": np.tanh,
    "gelu": _gelu,
}


class Variable:
    """A weight: its name, and its value, which is all zeros until one is assigned."""

    def __init__(self, name: str, shape: Sequence[int], dtype: str) -> None:
        self.name, self.value = name, np.zeros(shape, dtype)
        self.shape, self.dtype = self.value.shape, dtype

    def assign(self, value: NDArray[Any]) -> None:
        """Take the value of a weight, of its shape and dtype."""
        self.value = value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Return the value, in its own shape and dtype."""
        return self.value


class Layer:
    """A function of arrays with weights, which are made when it is first called, for what it is called with."""

    def __init__(self, *, name: str | None = None) -> None:
        self.name = name or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()
        self._own: list[Variable] = []
        self._parts: list[Layer] = []
        self._nodes: list[Node] = []
        self._is_built = False

    @property
    def variables(self) -> list[Variable]:
        """List the weights, those of layers within it behind its own."""
        return [*self._own, *(variable for part in self._parts for variable in part.variables)]

    @property
    def input(self) -> Any:
        """Return the symbolic tensor that the layer was first applied to, or a list of them."""
        inputs = self._nodes[0].inputs
        return inputs[0] if len(inputs) == 1 else inputs

    @property
    def output(self) -> Any:
        """Return what came of it."""
        return self._nodes[0].outputs

    def __call__(self, inputs: Any, *others: Any, training: bool = False, **options: Any) -> Any:
        """Apply the layer to arrays or symbolic tensors."""
        if is_symbolic(inputs):
            self.ensure_built(mapped(lambda tensor: tensor.samples[0], inputs))
            return self.applied(self.call, (inputs, *others), options)
        self.ensure_built(inputs)
        return self.call(inputs, *others, **options)

    def ensure_built(self, inputs: Any) -> None:
        """Make the weights, once, for inputs like these arrays."""
        if not self._is_built:
            self._is_built = True
            self.build(inputs)

    def applied(self, function: Callable[..., Any], arguments: Sequence[Any], options: Any = None) -> Any:
        """Apply a function to symbolic tensors as this layer."""
        node = Node(function, arguments, options, layer=self)
        self._nodes.append(node)
        return node.outputs

    def build(self, inputs: Any) -> None:
        """Make the weights for inputs like these."""

    def call(self, inputs: Any, *others: Any, **options: Any) -> Any:
        """Compute what comes of arrays."""
        raise NotImplementedError

    def add_weight(self, name: str, *shape: int, dtype: str = "float32") -> Variable:
        """Make a weight."""
        self._own.append(Variable(name, shape, dtype))
        return self._own[-1]


class Sequential(Layer):
    """Layers, one after the other."""

    def __init__(self, layers: Sequence[Layer], name: str | None = None) -> None:
        super().__init__(name=name)
        self._parts = list(layers)

    def call(self, inputs: Any) -> Any:
        """Apply each to what the one before it makes of arrays (batch, …)."""
        for part in self._parts:
            part.ensure_built(inputs)
            inputs = part.call(inputs)
        return inputs


class Dense(Layer):
    """A product with a matrix, from (…, size) to (…, units)."""

    def __init__(
        self,
        units: int,
        activation: str | None = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.units, self.activation, self.use_bias = units, ACTIVATIONS[activation], use_bias

    def build(self, inputs: Any) -> None:
        """Make the matrix."""
        self.kernel = self.add_weight("kernel", inputs.shape[-1], self.units)
        if self.use_bias:
            self.bias = self.add_weight("bias", self.units)

    def call(self, inputs: Any) -> Any:
        """Multiply (…, size)."""
        products = np.matmul(inputs, self.kernel.value)
        return self.activation(products + self.bias.value if self.use_bias else products)


class Embedding(Layer):
    """A table, from ids (…) to their rows (…, output_dim)."""

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = None,
        trainable: bool = True,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.input_dim = input_dim
        self.embeddings = self.add_weight("embeddings", input_dim, output_dim)

    def call(self, inputs: Any) -> Any:
        """Look ids (…) up."""
        return take(self.embeddings.value, inputs, axis=0)


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
        into, keep, new, out = np.split(gates, 4, axis=1)
        cell_state = _sigmoid(keep) * cell_state + _sigmoid(into) * np.tanh(new)
        return _sigmoid(out) * np.tanh(cell_state), cell_state


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
        state, outputs = initial_state or (written, written), []
        for step in reversed(range(steps)) if self.go_backwards else range(steps):
            new = self.cell.advance(gates[:, step], *state)
            if mask is None:
                state, written = new, new[0]
            else:
                is_read = mask[:, step, None]
                state = [np.where(is_read, *pair) for pair in zip(new, state, strict=True)]
                written = np.where(is_read, new[0], written)
            outputs.append(written)
        output = np.stack(outputs, axis=1) if self.return_sequences else written
        return (output, *state) if self.return_state else output


class Attention(Layer):
    """Dot products of queries (batch, steps, size) with keys: what they see of values, both (batch, others, size)."""

    def call(self, inputs: Any) -> Any:
        """Look with queries at values, by keys that are these where none are given: arrays (batch, …, size)."""
        queries, values, *keys = inputs
        scores = np.matmul(queries, np.transpose(keys[0] if keys else values, (0, 2, 1)))
        return np.matmul(softmax(scores), values)


class RMSNormalization(Layer):
    """Features (…, size) over the root of their mean square."""

    def build(self, inputs: Any) -> None:
        """Make the gains."""
        self.scale = self.add_weight("scale", inputs.shape[-1])

    def call(self, inputs: Any) -> Any:
        """Normalise (…, size)."""
        squares = np.sum(np.square(inputs), axis=-1, keepdims=True) / np.float32(inputs.shape[-1])
        return inputs / np.sqrt(squares + 1e-6) * self.scale.value


class BatchNormalization(Layer):
    """Features (…, size) by the mean and the variance that were met in training."""

    def build(self, inputs: Any) -> None:
        """Make what was learned and what was met."""
        names = ("gamma", "beta", "moving_mean", "moving_variance")
        self.gamma, self.beta, self.mean, self.variance = (self.add_weight(name, inputs.shape[-1]) for name in names)

    def call(self, inputs: Any) -> Any:
        """Normalise (…, size)."""
        spread = np.sqrt(self.variance.value + 1e-3)
        return (inputs - self.mean.value) / spread * self.gamma.value + self.beta.value


class Dropout(Layer):
    """Nothing is dropped from answers; Keras keeps a seed all the same."""

    def __init__(self, rate: float, name: str | None = None) -> None:
        super().__init__(name=name)
        self.add_weight("seed_generator_state", 2, dtype="int64")

    def call(self, inputs: Any) -> Any:
        """Return the array (…)."""
        return inputs


class Rescaling(Layer):
    """A product with a number."""

    def __init__(self, scale: float, name: str | None = None) -> None:
        super().__init__(name=name)
        self.scale = scale

    def call(self, inputs: Any) -> Any:
        """Multiply (…)."""
        return cast(inputs, "float32") * np.float32(self.scale)


class Concatenate(Layer):
    """Arrays (…, size) joined at their last axis."""

    def call(self, inputs: Any) -> Any:
        """Join several (…, size)."""
        return np.concatenate(inputs, axis=-1)


class Reshape(Layer):
    """Rows in another shape; -1 is what is left of a row, or what is open."""

    def __init__(self, target_shape: Sequence[int], name: str | None = None) -> None:
        super().__init__(name=name)
        self.target_shape = tuple(target_shape)

    def call(self, inputs: Any) -> Any:
        """Write (batch, …) as (batch, *target_shape)."""
        return reshape_rows(inputs, self.target_shape)


class Flatten(Reshape):
    """Rows (batch, …) as (batch, size)."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__((-1,), name=name)


class RepeatVector(Layer):
    """Vectors (batch, size) repeated as steps (batch, n, size)."""

    def __init__(self, n: int, name: str | None = None) -> None:
        super().__init__(name=name)
        self.count = n

    def call(self, inputs: Any) -> Any:
        """Repeat (batch, size)."""
        return np.repeat(inputs[:, None], self.count, axis=1)


class Cropping1D(Layer):
    """Steps (batch, steps, size) without some at the start and the end."""

    def __init__(self, cropping: tuple[int, int], name: str | None = None) -> None:
        super().__init__(name=name)
        self.start, self.end = cropping

    def call(self, inputs: Any) -> Any:
        """Take the steps between of (batch, steps, size)."""
        return inputs[:, self.start : inputs.shape[1] - self.end]
