"""A program of array functions as an ONNX graph, for rows of any number.

A program is written down for a batch of open size, and so is the graph: what belongs to rows is the first axis of its
inputs, and constants are repeated to it. Numbers are float32, int32 or bool; ONNX wants both sides of a sum to be the
same, so that they are cast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from exprlearn.errors import OptionError
from exprlearn.tensors.array_graph import SymbolicTensor, leaves
from exprlearn.tensors.array_layer import Variable
from exprlearn.tensors.array_program import Program

#: Of the operators.
OPSET, IR_VERSION = 18, 10
#: What numpy and ONNX call otherwise, or the same: its inputs are numbers of one kind.
ALIKE = {
    **{"add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "minimum": "Min", "maximum": "Max"},
    **{"equal": "Equal", "greater": "Greater", "less": "Less", "less_equal": "LessOrEqual", "where": "Where"},
    **{"logical_and": "And", "logical_or": "Or", "logical_not": "Not", "negative": "Neg", "absolute": "Abs"},
    **{"sqrt": "Sqrt", "exp": "Exp", "log": "Log", "tanh": "Tanh", "cos": "Cos", "sin": "Sin", "relu": "Relu"},
    **{"error_function": "Erf", "matmul": "MatMul"},
}
COMPARED = {"equal", "greater", "less", "less_equal", "not_equal"}
REDUCED = {"sum": "ReduceSum", "max": "ReduceMax", "any": "ReduceMax", "all": "ReduceMin"}


def write_onnx(program: Program, names: Sequence[str], file: Path) -> None:
    """Write a program as an ONNX file with named inputs and one output; an OptionError names what ONNX lacks."""
    try:
        import onnx
    except ImportError as error:
        raise OptionError(f"format onnx: needs onnx ({error}): python -m pip install 'exprlearn[export]'") from None
    graph = _Graph(onnx, program, names)
    model = onnx.helper.make_model(
        graph.made(),
        producer_name="exprlearn",
        ir_version=IR_VERSION,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model)
    file.write_bytes(model.SerializeToString())


def _kind(dtype: Any) -> Any:
    """Return the dtype that stands for all of its kind.

    >>> _kind("int64"), _kind("float64"), _kind(bool)
    (dtype('int32'), dtype('float32'), dtype('bool'))
    """
    return np.dtype({"f": np.float32, "i": np.int32, "u": np.int32, "b": np.bool_}[np.dtype(dtype).kind])


class _Graph:
    """What of an ONNX graph is written already."""

    def __init__(self, onnx: Any, program: Program, names: Sequence[str]) -> None:
        self.onnx, self.program = onnx, program
        self.nodes: list[Any] = []
        self.weights: dict[str, Any] = {}
        self.named: dict[Any, str] = dict(zip(program.inputs, names, strict=True))
        self.constants: dict[int, str] = {}

    def made(self) -> Any:
        """Write everything, and return the graph."""
        for node in self.program.nodes:
            options = dict(node.options)
            made = self._written(node.function.__name__, list(node.arguments), options, node.outputs)
            for tensor, name in zip(leaves(node.outputs), made, strict=True):
                self.named[tensor] = name
        self.add("Identity", [self.named[self.program.outputs[0]]], outputs=["output"])
        helper = self.onnx.helper
        inputs = [self._described(self.named[each], each) for each in self.program.inputs]
        output = self._described("output", self.program.outputs[0])
        return helper.make_graph(self.nodes, "model", inputs, [output], initializer=list(self.weights.values()))

    def _described(self, name: str, tensor: SymbolicTensor) -> Any:
        kind = self.onnx.helper.np_dtype_to_tensor_dtype(_kind(tensor.dtype))
        return self.onnx.helper.make_tensor_value_info(name, kind, ["rows", *tensor.shape[1:]])

    def add(self, operator: str, inputs: Sequence[str], *, outputs: Sequence[str] = (), **attributes: Any) -> str:
        """Add a node, and return the name of its first output."""
        outputs = outputs or [f"{operator}_{len(self.nodes)}"]
        self.nodes.append(self.onnx.helper.make_node(operator, list(inputs), list(outputs), **attributes))
        return outputs[0]

    def constant(self, value: Any, dtype: Any = np.int64) -> str:
        """Store a constant (…) of a dtype, and return its name."""
        name = f"constant_{len(self.weights)}"
        array = np.ascontiguousarray(value, dtype) if np.ndim(value) else np.array(value, dtype)
        self.weights[name] = self.onnx.numpy_helper.from_array(array, name)
        return name

    def read(self, argument: Any, dtype: Any = None) -> str:
        """Return the name of an argument, cast to a dtype where one is asked for."""
        argument = argument.value if isinstance(argument, Variable) else argument
        if isinstance(argument, SymbolicTensor):
            name, has = self.named[argument], _kind(argument.dtype)
            return name if dtype is None or has == dtype else self.cast(name, dtype)
        if not isinstance(argument, np.ndarray):
            return self.constant(argument, dtype or _kind(np.asarray(argument).dtype))
        if dtype is not None and _kind(argument.dtype) != dtype:
            return self.constant(argument, dtype)
        if id(argument) not in self.constants:
            self.constants[id(argument)] = self.constant(argument, _kind(argument.dtype))
        return self.constants[id(argument)]

    def cast(self, name: str, dtype: Any) -> str:
        """Cast what has a name."""
        return self.add("Cast", [name], to=self.onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def _written(self, name: str, arguments: list[Any], options: dict[str, Any], outputs: Any) -> list[str]:
        if name == "split":
            return self._split(*arguments, **options)
        if name in ALIKE or name == "not_equal":
            return [self._alike(name, arguments, outputs)]
        write: Callable[..., str] | None = getattr(self, f"_{name}", None)
        if name in REDUCED:
            return [self._reduced(name, *arguments, **options)]
        if write is None:
            raise OptionError(f"format onnx: nothing stands for the function {name}: choose --format keras")
        return [write(*arguments, **options)]

    def _alike(self, name: str, arguments: list[Any], output: SymbolicTensor) -> str:
        if name == "where":
            condition, *others = arguments
            kind = _kind(output.dtype)
            return self.add(
                "Where", [self.read(condition, np.dtype(bool)), *(self.read(each, kind) for each in others)]
            )
        kind = _kind(np.result_type(*map(_dtype_of, arguments))) if name in COMPARED else _kind(output.dtype)
        inputs = [self.read(each, kind) for each in arguments]
        if name == "not_equal":
            return self.add("Not", [self.add("Equal", inputs)])
        return self.add(ALIKE[name], inputs)

    def _reduced(self, name: str, array: Any, axis: int | None = None, keepdims: bool = False) -> str:
        # What is true or false is 1 or 0 here.
        given = self.read(array, np.dtype(np.int32) if _kind(_dtype_of(array)).kind == "b" else None)
        axes = [] if axis is None else [self.constant([axis])]
        found = self.add(REDUCED[name], [given, *axes], keepdims=int(keepdims))
        return self.cast(found, bool) if name in ("any", "all") else found

    def _square(self, array: Any) -> str:
        return self.add("Mul", [self.read(array)] * 2)

    def _cast(self, array: Any, dtype: Any) -> str:
        return self.cast(self.read(array), _kind(dtype))

    def _full_like(self, array: Any, fill_value: Any, dtype: Any = None) -> str:
        kind = _kind(dtype or _dtype_of(array))
        return self.add("Expand", [self.constant(fill_value, kind), self.add("Shape", [self.read(array)])])

    def _zeros_like(self, array: Any, dtype: Any = None) -> str:
        return self._full_like(array, 0, dtype)

    def _ones_like(self, array: Any, dtype: Any = None) -> str:
        return self._full_like(array, 1, dtype)

    def _cumsum(self, array: Any, axis: int) -> str:
        return self.add("CumSum", [self.read(array), self.constant(axis)])

    def _softmax(self, array: Any, axis: int = -1) -> str:
        return self.add("Softmax", [self.read(array)], axis=axis)

    def _transpose(self, array: Any, axes: Sequence[int]) -> str:
        return self.add("Transpose", [self.read(array)], perm=list(axes))

    def _expand_dims(self, array: Any, axis: int) -> str:
        return self.add("Unsqueeze", [self.read(array), self.constant([axis])])

    def _reshape(self, array: Any, shape: Sequence[int]) -> str:
        return self.add("Reshape", [self.read(array), self.constant(list(shape))])

    def _reshape_rows(self, array: Any, sizes: Sequence[int]) -> str:
        # A 0 stands for the size that there is.
        return self.add("Reshape", [self.read(array), self.constant([0, *sizes])])

    def _concatenate(self, arrays: Sequence[Any], axis: int = 0) -> str:
        return self.add("Concat", [self.read(each) for each in arrays], axis=axis)

    def _stack(self, arrays: Sequence[Any], axis: int = 0) -> str:
        return self.add("Concat", [self._expand_dims(each, axis) for each in arrays], axis=axis)

    def _split(self, array: Any, parts: int, axis: int = 0) -> list[str]:
        outputs = [f"Split_{len(self.nodes)}_{part}" for part in range(parts)]
        self.add("Split", [self.read(array)], outputs=outputs, axis=axis, num_outputs=parts)
        return outputs

    def _pad(self, array: Any, pad_width: Sequence[Sequence[int]], constant_values: Any = 0) -> str:
        widths = [each[side] for side in (0, 1) for each in pad_width]
        filling = self.constant(constant_values, _kind(_dtype_of(array)))
        return self.add("Pad", [self.read(array), self.constant(widths), filling])

    def _take(self, array: Any, indices: Any, axis: int = 0) -> str:
        return self.add("Gather", [self.read(array), self.read(indices)], axis=axis)

    def _steps(self, array: Any, axis: int, steps: Any) -> str:
        return self.add("Gather", [self.read(array), self.constant(steps)], axis=axis)

    def _flip(self, array: SymbolicTensor, axis: int) -> str:
        return self._steps(array, axis, np.arange(_size(array, axis))[::-1])

    def _roll(self, array: SymbolicTensor, shift: int, axis: int) -> str:
        return self._steps(array, axis, np.roll(np.arange(_size(array, axis)), shift))

    def _repeat(self, array: SymbolicTensor, repeats: int, axis: int) -> str:
        return self._steps(array, axis, np.repeat(np.arange(_size(array, axis)), repeats))

    def _getitem(self, array: SymbolicTensor, place: Any) -> str:
        parts = list(place) if isinstance(place, tuple | list) else [place]
        taken = sum(part is not None and part is not ... for part in parts)
        if ... in parts:
            at = parts.index(...)
            parts[at : at + 1] = [slice(None)] * (len(array.shape) - taken)
        name, axis, fresh = self.read(array), 0, []
        chosen = [part for part in parts if part is not None]
        # From the last axis on, since an index takes its axis away.
        for axis in reversed(range(len(chosen))):
            part = chosen[axis]
            if isinstance(part, slice) and part != slice(None):
                ends = [[part.start or 0], [np.iinfo(np.int64).max if part.stop is None else part.stop], [axis]]
                name = self.add("Slice", [name, *map(self.constant, ends)])
            elif not isinstance(part, slice):
                name = self.add("Gather", [name, self.constant(part)], axis=axis)
        left = [part for part in parts if part is None or isinstance(part, slice)]
        fresh = [axis for axis, part in enumerate(left) if part is None]
        return self.add("Unsqueeze", [name, self.constant(fresh)]) if fresh else name


def _dtype_of(argument: Any) -> Any:
    return np.dtype(argument.dtype) if hasattr(argument, "dtype") else argument


def _size(array: SymbolicTensor, axis: int) -> int:
    size = array.shape[axis]
    assert size is not None, "what is put into another order is no axis of rows"
    return size
