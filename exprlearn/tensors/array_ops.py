"""The functions of `keras.ops` that built-in models and decoding call, of numpy arrays.

Most have the name and the meaning that numpy gives them. Numbers are float32 or int32 here as there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from exprlearn.tensors.array_graph import lifted, mapped

#: What numpy has under the same name.
_OF_NUMPY = (
    *("abs", "all", "any", "arange", "argmax", "concatenate", "cos", "cumsum", "equal", "expand_dims", "flip", "full"),
    *("full_like", "greater", "less", "less_equal", "logical_and", "logical_not", "logical_or", "matmul", "max"),
    *("minimum", "not_equal", "ones_like", "pad", "repeat", "reshape", "roll", "shape", "sin", "split", "square"),
    *("stack", "sum", "take", "take_along_axis", "tile", "transpose", "where", "zeros", "zeros_like"),
)
_NARROWER: dict[Any, Any] = {np.dtype(np.float64): np.float32, np.dtype(np.int64): np.int32}


def _narrow(value: Any) -> Any:
    # Most arrays are narrow already: a size is compared faster than a dtype is looked up.
    if type(value) is np.ndarray and value.itemsize < 8:
        return value
    narrower = _NARROWER.get(getattr(value, "dtype", None))
    return value if narrower is None else value.astype(narrower)


def narrowed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function give 32 bits a number, as those of Keras do."""

    @wraps(function)
    def apply(*arguments: Any, **options: Any) -> Any:
        value = function(*arguments, **options)
        return _narrow(value) if type(value) is np.ndarray else mapped(_narrow, value)

    return apply


def __getattr__(name: str) -> Any:
    if name not in _OF_NUMPY:
        raise AttributeError(f"numpy stands in for no operation named {name!r}")
    globals()[name] = made = lifted(narrowed(getattr(np, name)))
    return made


@lifted
def cast(array: Any, dtype: str) -> Any:
    """Return an array (…) as one of another dtype."""
    return np.asarray(array).astype(dtype)


def convert_to_tensor(value: Any, dtype: str | None = None) -> Any:
    """Return a number or an array (…) as an array, which it may be already."""
    return _narrow(np.asarray(value, dtype))


@lifted
def relu(array: Any) -> Any:
    """Return an array (…) with 0 for what is below it."""
    return np.maximum(array, 0)


@lifted
def softmax(logits: Any, axis: int = -1) -> Any:
    """Return the probabilities (…) float32 of logits (…)."""
    exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


@lifted
def log_softmax(logits: Any, axis: int = -1) -> Any:
    """Return the logarithms (…) float32 of the probabilities of logits (…)."""
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


@lifted
def error_function(array: Any) -> Any:
    """Return Gauss's error function of an array (…) float32."""
    return np.vectorize(math.erf, [np.float32])(array)


@lifted
def reshape_rows(array: Any, sizes: Sequence[int]) -> Any:
    """Write rows (batch, …) in another shape, (batch, *sizes); -1 is what is left of a row."""
    return array.reshape(len(array), *sizes)


def top_k(array: Any, k: int) -> tuple[Any, Any]:
    """Return the k highest numbers of each row (…, n), highest first, and their places, (…, k) both."""
    places = np.argsort(-array, axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(array, places, axis=-1), places.astype(np.int32)


@lifted
def slice_update(array: Any, start: Any, new: Any) -> Any:
    """Return an array (…) in which `new`, of as many axes, stands from a place (axes,) on."""
    changed = array.copy()
    changed[tuple(slice(first, first + size) for first, size in zip(start.tolist(), new.shape, strict=True))] = new
    return changed


def while_loop(go_on: Callable[..., Any], body: Callable[..., Any], values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Apply `body` to values for as long as they say to go on."""
    while go_on(*values):
        values = body(*values)
    return values
