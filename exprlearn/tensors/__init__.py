"""`keras` and `ops` as models and decoding name them: Keras, or within `on_numpy` what these need of it, in numpy.

Importing a backend takes seconds and most of a gigabyte. A question to a built-in model needs neither: the same code
that builds and asks it with Keras runs here with a few layers and functions of numpy, under the names Keras gives them.

    keras.layers.Dense(8)     in general      Keras's own layer, on TensorFlow or JAX
                              on_numpy()      exprlearn.tensors.array_layers.Dense

What numpy lacks is an AttributeError or a TypeError, and never something else of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras as keras
    from keras import ops as ops

_IS_ON_NUMPY: ContextVar[bool] = ContextVar("is_on_numpy", default=False)


@contextmanager
def on_numpy() -> Iterator[None]:
    """Let `keras` and `ops` be those of numpy, in this thread and for this block.

    >>> with on_numpy():
    ...     ops.softmax(ops.zeros((1, 2)))
    array([[0.5, 0.5]], dtype=float32)
    """
    before = _IS_ON_NUMPY.set(True)
    try:
        yield
    finally:
        _IS_ON_NUMPY.reset(before)


class _Chosen:
    """A module of Keras, or what stands for it, whichever counts when a name of it is looked up."""

    def __init__(self, of_keras: str, of_numpy: str) -> None:
        self._names = of_keras, of_numpy
        self._modules: list[Any] = [None, None]

    def __getattr__(self, name: str) -> Any:
        is_on_numpy = _IS_ON_NUMPY.get()
        # Answers look names up for every token: importing takes longer than all else of it.
        module = self._modules[is_on_numpy]
        if module is None:
            module = self._modules[is_on_numpy] = import_module(self._names[is_on_numpy])
        return getattr(module, name)


if not TYPE_CHECKING:
    keras = _Chosen("keras", "exprlearn.tensors.array_keras")
    ops = _Chosen("keras.ops", "exprlearn.tensors.array_ops")
