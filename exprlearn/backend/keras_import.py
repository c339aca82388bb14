"""Where Keras begins: imported on the asked-for backend, in silence, and one compiled call on whichever it is."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.backend.compile_cache import cache_compilations
from exprlearn.backend.reproducibility import ask_xla_for_determinism, make_deterministic
from exprlearn.distributed.workers import join, joined, meet, prepare_to_join
from exprlearn.errors import BackendError

if TYPE_CHECKING:
    import keras

BACKENDS = ("tensorflow", "jax", "torch")


def load_keras(backend: str = "tensorflow", *, deterministic: bool = False, processes: int = 1) -> ModuleType:
    """Import Keras on `backend`; importing again on the same one costs nothing.

    Once asked for, deterministic operations stay for the process. With several `processes`, which are to train one
    model together, all wait here for each other.

    TensorFlow writes to the terminal from C++ while it is imported and while it first compiles, whatever its log level;
    both happen here with standard error caught, and what was caught is shown when something fails.

    Raises:
        BackendError: the backend is unknown, not installed, or Keras already runs on another one or alone.
        OptionError: nobody said which of several processes this one is.
    """
    if backend not in BACKENDS:
        raise BackendError(f"no backend named '{backend}': choose one of {', '.join(BACKENDS)}")
    started = "keras" in sys.modules
    if deterministic and not started:
        ask_xla_for_determinism()
    keras = _loaded(backend, processes) if started else _import_quietly(backend, processes)
    if deterministic:
        make_deterministic(backend, started=started)
    return keras


def _import_quietly(backend: str, processes: int) -> ModuleType:
    os.environ["KERAS_BACKEND"] = backend
    if processes > 1:
        prepare_to_join()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with cache_compilations(backend), quiet_stderr():
        try:
            importlib.import_module(backend)
        except ImportError as error:
            raise BackendError(
                f"the backend '{backend}' is not installed ({error}): python -m pip install 'exprlearn[{backend}]'"
            ) from error
        if processes > 1:
            join(processes)
        keras = importlib.import_module("keras")
        _warm_up(backend)
        if processes > 1:
            meet()
    return keras


def _loaded(backend: str, processes: int) -> ModuleType:
    keras = sys.modules["keras"]
    running = keras.backend.backend()
    if running != backend:
        raise BackendError(f"Keras already runs on {running} in this process: start a new one for {backend}")
    if processes > 1 and not joined():
        raise BackendError(f"Keras already runs alone in this process: exprlearn train --processes {processes}")
    return keras


def array_of(value: Any) -> NDArray[Any]:
    """Return a tensor or variable of the backend, such as (rows, columns) float32, as an array of the same shape."""
    tensor = getattr(value, "value", value)
    # PyTorch shares memory with numpy, and warns when numpy asks it whether to.
    return np.array(tensor.detach().cpu().numpy()) if hasattr(tensor, "detach") else np.asarray(value)


def _warm_up(backend: str) -> None:
    """Compile something tiny, so that the noise of the first compilation is caught too."""
    from keras import ops

    from exprlearn.backend.keras_import import compiled

    compiled(lambda tensor: ops.sum(tensor), [])(np.ones(2, np.float32))


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Catch what the process writes to file descriptor 2, and show it only when the block fails."""
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(saved, 2)
            caught.seek(0)
            os.write(2, caught.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)


def compiled(function: Callable[..., Any], variables: Sequence[keras.Variable]) -> Callable[..., Any]:
    """Compile a function that reads `variables` and takes and returns tensors, by position; PyTorch runs it as it is.

    Shapes are fixed at the first call; another shape compiles anew. On JAX the variables become arguments of the
    compiled function, since a traced function would otherwise keep their first values for ever.
    """
    import keras

    if keras.backend.backend() == "torch":
        import torch

        return torch.no_grad()(function)  # type: ignore[no-any-return]
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        # TensorFlow counts how often code is traced; a partial is a function of its own, as that of each model is.
        # Nothing is left to autograph, which would rewrite the code of Keras for seconds: loops are those of `ops`.
        function = tensorflow.function(partial(function), jit_compile=True, autograph=False)
        return _traced_once(function, tensorflow.constant)
    import jax

    def with_values(values: list[Any], *arguments: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(*arguments)

    fast = jax.jit(with_values)
    return lambda *arguments: fast([variable.value for variable in variables], *arguments)


def _traced_once(function: Any, tensor_of: Callable[[Any], Any]) -> Callable[..., Any]:
    """Call the trace of TensorFlow for each set of shapes and dtypes by itself.

    To let TensorFlow find it takes as long as the answer to one question.
    """
    traces: dict[tuple[Any, ...], Callable[..., Any]] = {}

    def call(*arguments: Any) -> Any:
        arrays = [np.asarray(argument) for argument in arguments]
        tensors = [tensor_of(array) for array in arrays]
        key = tuple((array.dtype, array.shape) for array in arrays)
        if key not in traces:
            traces[key] = function.get_concrete_function(*tensors)
        return traces[key](*tensors)

    return call
