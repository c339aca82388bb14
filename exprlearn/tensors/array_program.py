"""A model in numpy as a program: a list of functions of arrays and the weights, plain data that anything can follow.

    {"inputs": [0], "constants": [1], "steps": [["matmul", [{"array": 0}, {"array": 1}], {}, [2]], …], "outputs": [9]}

Arrays are numbered. A step names a function as numpy does, or one of `exprlearn.tensors.array_ops`; its arguments are
arrays, numbers, lists of these, and what an index is made of: `{"slice": [start, stop]}`, `{"all": 0}` for `...`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.tensors.array_graph import Node, SymbolicTensor, expanded, leaves, nodes_before
from exprlearn.tensors.array_keras import Input, Model
from exprlearn.tensors.array_layer import Variable


@dataclass(frozen=True)
class Program:
    """What a model does with its inputs.

    Attributes:
        inputs: what it is given, each (batch, …).
        outputs: what it gives.
        nodes: functions of arrays, each behind what it needs.
    """

    inputs: list[SymbolicTensor]
    outputs: list[SymbolicTensor]
    nodes: list[Node]

    def __call__(self, *arrays: NDArray[Any]) -> list[Any]:
        """Do it with arrays (batch, …), as the model would."""
        values = dict(zip(self.inputs, arrays, strict=True))
        for node in self.nodes:
            values.update(zip(leaves(node.outputs), leaves(node.result(values)), strict=True))
        return [values[each] for each in self.outputs]

    def document(self) -> tuple[dict[str, Any], list[NDArray[Any]]]:
        """Return the program as plain data, and the arrays of its `constants`, float32, int32 or bool."""
        numbers: dict[int, int] = {}
        constants: dict[int, NDArray[Any]] = {}

        def number(array: Any) -> int:
            return numbers.setdefault(id(array), len(numbers))

        def plain(argument: Any) -> Any:
            if isinstance(argument, list | tuple):
                return [plain(each) for each in argument]
            if isinstance(argument, SymbolicTensor):
                return {"array": number(argument)}
            argument = argument.value if isinstance(argument, Variable) else argument
            if isinstance(argument, np.ndarray) and argument.ndim:
                constants[number(argument)] = argument
                return {"array": number(argument)}
            if isinstance(argument, slice):
                return {"slice": [argument.start, argument.stop]}
            if argument is ...:
                return {"all": 0}
            return argument.item() if isinstance(argument, np.generic | np.ndarray) else argument

        inputs = [number(each) for each in self.inputs]
        steps = [
            [
                node.function.__name__,
                plain(node.arguments),
                {name: plain(each) for name, each in node.options.items()},
                [number(each) for each in leaves(node.outputs)],
            ]
            for node in self.nodes
        ]
        outputs = [number(each) for each in self.outputs]
        return {"inputs": inputs, "constants": list(constants), "steps": steps, "outputs": outputs}, [
            *constants.values()
        ]


def program_of(model: Model, *sizes: Sequence[int]) -> Program:
    """Write down what a model does; `sizes` are those of a row of each input, none of which stays open."""
    shapes = [
        size or tensor.shape[1:] for size, tensor in zip(sizes or [()] * len(model.inputs), model.inputs, strict=True)
    ]
    inputs = [Input(shape, dtype=tensor.dtype) for shape, tensor in zip(shapes, model.inputs, strict=True)]
    outputs = leaves(expanded(model.outputs, model.inputs, inputs))
    nodes, _ = nodes_before(outputs, inputs)
    return Program(inputs, outputs, [node for node in nodes if node.inputs])
