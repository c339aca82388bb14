"""What every layer of numpy is: a function with weights, which are made for what it is first called with."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.tensors.array_graph import Node, is_symbolic, mapped


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
