"""The layers of `keras.layers` that built-in models are made of, as they answer: nothing is dropped, nothing learned.

Each has the arguments, the equations and the names of weights that it has in Keras. Recurrent ones and those that lay
arrays out anew have files of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from exprlearn.tensors.array_layer import Layer
from exprlearn.tensors.array_ops import cast, error_function, relu, softmax, take
from exprlearn.tensors.array_recurrence import LSTM as LSTM
from exprlearn.tensors.array_recurrence import LSTMCell as LSTMCell
from exprlearn.tensors.array_shapes import Concatenate as Concatenate
from exprlearn.tensors.array_shapes import Cropping1D as Cropping1D
from exprlearn.tensors.array_shapes import Flatten as Flatten
from exprlearn.tensors.array_shapes import RepeatVector as RepeatVector
from exprlearn.tensors.array_shapes import Reshape as Reshape


def _gelu(array: Any) -> Any:
    return 0.5 * array * (1.0 + error_function(array / math.sqrt(2.0)))


ACTIVATIONS: Mapping[str | None, Callable[[Any], Any]] = {
    **dict.fromkeys((None, "linear"), lambda array: array),
    "relu": relu,
    "tanh": np.tanh,
    "gelu": _gelu,
}


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
