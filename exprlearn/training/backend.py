"""Importing Keras on the asked-for backend, in silence."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from exprlearn.errors import BackendError
from exprlearn.training.compilations import kept_compilations
from exprlearn.training.determinism import ask_xla_for_determinism, make_deterministic

BACKENDS = ("tensorflow", "jax")


def load_keras(backend: str = "tensorflow", *, deterministic: bool = False) -> ModuleType:
    """Import Keras on `backend`; importing again on the same one costs nothing.

    Once asked for, deterministic operations stay for the process.

    TensorFlow writes to the terminal from C++ while it is imported and while it first compiles, whatever its log level;
    both happen here with standard error caught, and what was caught is shown when something fails.

    Raises:
        BackendError: the backend is unknown, not installed, or Keras already runs on another one.
    """
    if backend not in BACKENDS:
        raise BackendError(f"no backend named '{backend}': choose one of {', '.join(BACKENDS)}")
    started = "keras" in sys.modules
    if deterministic and not started:
        ask_xla_for_determinism()
    keras = _loaded(backend) if started else _import_quietly(backend)
    if deterministic:
        make_deterministic(backend, started=started)
    return keras


def _import_quietly(backend: str) -> ModuleType:
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with quiet_stderr(), kept_compilations(backend):
        try:
            importlib.import_module(backend)
        except ImportError as error:
            raise BackendError(
                f"the backend '{backend}' is not installed ({error}): python -m pip install 'exprlearn[{backend}]'"
            ) from error
        keras = importlib.import_module("keras")
        _warm_up(backend)
    return keras


def _loaded(backend: str) -> ModuleType:
    keras = sys.modules["keras"]
    running = keras.backend.backend()
    if running != backend:
        raise BackendError(f"Keras already runs on {running} in this process: start a new one for {backend}")
    return keras


def _warm_up(backend: str) -> None:
    """Compile something tiny, so that the noise of the first compilation is caught too."""
    from keras import ops

    from exprlearn.scoring.compiled import compiled

    compiled(lambda tensor: ops.sum(tensor), [])(ops.ones((2,)))


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
