"""Models as graphs: what layers and functions were applied to symbolic tensors, applied to arrays whenever asked.

A model is built once and called often, so that nothing is computed when it is built but shapes. These come from small
samples of two sizes: what differs between them is open, as the number of rows is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from operator import getitem
from typing import Any

import numpy as np

#: What open sizes are in the samples.
SIZES = (2, 3)


def leaves(structure: Any) -> list[Any]:
    """List what lists and tuples hold, in order.

    >>> leaves([1, (2, [3])])
    [1, 2, 3]
    """
    if not isinstance(structure, list | tuple):
        return [structure]
    found = []
    for part in structure:
        if isinstance(part, list | tuple):
            found += leaves(part)
        else:
            found.append(part)
    return found


def mapped(change: Callable[[Any], Any], structure: Any) -> Any:
    """Change what lists and tuples hold.

    >>> mapped(abs, [-1, (-2, [3])])
    [1, (2, [3])]
    """
    if isinstance(structure, list | tuple):
        return type(structure)([mapped(change, part) for part in structure])
    return change(structure)


class SymbolicTensor:
    """What a node of a graph gives, before there are arrays.

    Args:
        node: what gives it.
        samples: what it would be for inputs of two sizes.
    """

    def __init__(self, node: Node, samples: tuple[Any, ...]) -> None:
        self.node, self.samples = node, samples

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Return the sizes, None for open ones."""
        return tuple(size if size == other else None for size, other in zip(*map(np.shape, self.samples), strict=True))

    @property
    def dtype(self) -> str:
        """Return the name of the dtype."""
        return str(self.samples[0].dtype)

    def __array_ufunc__(self, function: Callable[..., Any], method: str, *arguments: Any, **options: Any) -> Any:
        return Node(function, arguments, options).outputs

    def __array_function__(self, function: Callable[..., Any], types: Any, arguments: Any, options: Any) -> Any:
        return Node(function, arguments, options).outputs

    def __add__(self, other: Any) -> Any:
        return Node(np.add, (self, other)).outputs

    def __radd__(self, other: Any) -> Any:
        return Node(np.add, (other, self)).outputs

    def __sub__(self, other: Any) -> Any:
        return Node(np.subtract, (self, other)).outputs

    def __mul__(self, other: Any) -> Any:
        return Node(np.multiply, (self, other)).outputs

    def __rmul__(self, other: Any) -> Any:
        return Node(np.multiply, (other, self)).outputs

    def __truediv__(self, other: Any) -> Any:
        return Node(np.divide, (self, other)).outputs

    def __getitem__(self, place: Any) -> Any:
        return Node(getitem, (self, place)).outputs


class Node:
    """A function applied to symbolic tensors, among other arguments.

    Args:
        function: a layer, or a function of arrays.
        arguments: in lists and tuples, where there are several.
        options: by their names.
        layer: what explains the node; None for a function alone, which is an operation of its own.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Any],
        options: Mapping[str, Any] | None = None,
        *,
        layer: Any = None,
    ) -> None:
        self.function, self.arguments, self.options = function, arguments, options or {}
        self.operation = self if layer is None else layer
        given = leaves([*arguments, *self.options.values()])
        self.inputs = [each for each in given if isinstance(each, SymbolicTensor)]
        # What is the same in every answer is not looked through again.
        self._is_plain = not self.options and all(type(each) is SymbolicTensor for each in self.arguments)
        self._has_open_options = is_symbolic(*self.options.values())
        first = self.result({tensor: tensor.samples[0] for tensor in self.inputs})
        others = iter(leaves(self.result({tensor: tensor.samples[1] for tensor in self.inputs})))
        self.outputs = mapped(lambda sample: SymbolicTensor(self, (sample, next(others))), first)

    def result(self, values: Mapping[SymbolicTensor, Any]) -> Any:
        """Apply the function to the values of its inputs."""
        if self._is_plain:
            return self.function(*map(values.__getitem__, self.inputs))
        arguments = [_filled(each, values) for each in self.arguments]
        if not self._has_open_options:
            return self.function(*arguments, **self.options)
        return self.function(*arguments, **{name: _filled(each, values) for name, each in self.options.items()})


def _filled(given: Any, values: Mapping[SymbolicTensor, Any]) -> Any:
    """Put values into the places of symbolic tensors; every step of every answer does it for every node."""
    kind = type(given)
    if kind is SymbolicTensor:
        return values[given]
    if kind is list or kind is tuple:
        return kind([_filled(each, values) for each in given])
    return given


def is_symbolic(*structures: Any) -> bool:
    """Tell whether a symbolic tensor is among some arguments; every operation of every step of an answer asks it."""
    for each in structures:
        kind = type(each)
        if kind is SymbolicTensor or ((kind is list or kind is tuple) and is_symbolic(*each)):
            return True
    return False


def lifted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function of arrays take symbolic tensors too."""

    @wraps(function)
    def apply(*arguments: Any, **options: Any) -> Any:
        if is_symbolic(*arguments) or (options and is_symbolic(*options.values())):
            return Node(function, arguments, options).outputs
        return function(*arguments, **options)

    return apply


def expanded(outputs: Any, inputs: Sequence[SymbolicTensor], others: Sequence[SymbolicTensor]) -> Any:
    """Apply to other inputs what leads from inputs to outputs, without layers: functions of arrays alone.

    A layer is called with symbolic tensors as if they were arrays, and numpy hands what it is asked to do with them to
    these. Where the others have fewer open sizes, so have the outputs that are returned.
    """
    values: dict[SymbolicTensor, Any] = dict(zip(inputs, others, strict=True))
    for node in nodes_before(outputs, inputs)[0]:
        if not node.inputs:
            continue
        if node.operation is node:
            options = {name: _filled(each, values) for name, each in node.options.items()}
            made = Node(node.function, [_filled(each, values) for each in node.arguments], options).outputs
        else:
            made = node.result(values)
        values.update(zip(leaves(node.outputs), leaves(made), strict=True))
    return mapped(values.__getitem__, outputs)


def nodes_before(outputs: Any, inputs: Sequence[SymbolicTensor]) -> tuple[list[Node], list[Any]]:
    """Find what leads from inputs to outputs.

    Returns:
        The nodes, each behind what it needs, and their operations in the order in which Keras lists layers.
    """
    nodes: dict[Node, None] = {}
    seen: dict[Any, int] = {}
    ends = {id(tensor) for tensor in inputs}

    def visit(tensor: SymbolicTensor) -> None:
        node = tensor.node
        if node in nodes or (id(tensor) in ends and node.inputs):
            return
        seen.setdefault(node.operation, len(seen))
        for each in node.inputs:
            visit(each)
        nodes[node] = None

    for tensor in leaves(outputs):
        visit(tensor)
    return list(nodes), _by_depth(list(nodes), seen)


def _by_depth(nodes: Sequence[Node], seen: Mapping[Any, int]) -> list[Any]:
    """List operations by how many come behind them, the most first, and where these are as many as they were seen."""
    depths: dict[Node, int] = {}
    deepest: dict[Any, int] = dict.fromkeys(seen, 0)
    for node in reversed(nodes):
        depths[node] = deepest[node.operation] = max(depths.get(node, 0), deepest[node.operation])
        for each in node.inputs:
            depths[each.node] = max(depths[node] + 1, depths.get(each.node, 0))
    return sorted(seen, key=lambda operation: (-deepest[operation], seen[operation]))
