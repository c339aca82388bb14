"""What models take from `keras` itself: inputs, models, layers; the values that weights begin with are none here."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from exprlearn.tensors import array_layers as layers
from exprlearn.tensors import array_ops as ops
from exprlearn.tensors.array_graph import SIZES, SymbolicTensor, leaves, mapped, nodes_before
from exprlearn.tensors.array_layer import Layer
from exprlearn.tensors.array_layers import Sequential

__all__ = ["Input", "Model", "Sequential", "initializers", "layers", "ops"]

#: Weights come from a checkpoint.
initializers = SimpleNamespace(VarianceScaling=lambda *_: None, RandomNormal=lambda **_: None)


class InputLayer(Layer):
    """Stands for an input among the layers of a model."""


def Input(shape: Sequence[int | None], dtype: str = "float32", name: str | None = None) -> Any:
    """Make an input of a model, (batch, *shape) of a dtype; None stands for an open size."""
    sizes = iter(SIZES)

    def sample() -> Any:
        open_size = next(sizes)
        return np.zeros([open_size if size is None else size for size in (None, *shape)], dtype)

    return InputLayer(name=name).applied(sample, ())


class Model(Layer):
    """A graph from inputs to outputs, either of which are one tensor or a list of them.

    `model.inputs`, `model.outputs` and `model.layers` are as of a functional model of Keras, layers in the same order.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(name=name)
        self._output = outputs
        self.inputs: list[SymbolicTensor] = leaves(inputs)
        self.outputs: list[SymbolicTensor] = leaves(outputs)
        nodes, operations = nodes_before(outputs, self.inputs)
        self._graph = [(node, leaves(node.outputs)) for node in nodes if node.inputs]
        self._gives_list = outputs == self.outputs
        self.layers = self._parts = [each for each in operations if isinstance(each, Layer)]

    def get_layer(self, name: str) -> Layer:
        """Return the layer of a name."""
        return next(layer for layer in self.layers if layer.name == name)

    def call(self, inputs: Any) -> Any:
        """Compute the outputs of arrays."""
        values = dict(zip(self.inputs, leaves(inputs), strict=True))
        for node, outputs in self._graph:
            result = node.result(values)
            if outputs[0] is node.outputs:
                values[outputs[0]] = result
            else:
                values.update(zip(outputs, leaves(result), strict=True))
        if self._gives_list:
            return [values[each] for each in self.outputs]
        return mapped(values.__getitem__, self._output)
