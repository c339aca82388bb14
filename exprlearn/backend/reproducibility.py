"""What makes a result come out again: the versions it depends on, the seeds that Keras draws, deterministic operations.

On processors all that a run needs is deterministic anyway, on the same machine with the same versions and threads; on a
GPU some sums are otherwise added up in whatever order they arrive.
"""

from __future__ import annotations

import os
import platform
import random
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version

from exprlearn.errors import BackendError

PACKAGES = ("exprlearn", "keras", "tensorflow", "jax", "torch", "numpy", "lark")


def versions() -> dict[str, str]:
    """Map Python and each package that decides a result to its version; what is not installed is left out."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let layers that are built in the block draw the same first weights and dropout for the same seed.

    Keras takes the seed of every initializer and dropout layer without one from Python's `random`. Its own
    `set_random_seed` reseeds NumPy as well, imports TensorFlow on every backend, and leaves all of it seeded.
    """
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)


FLAG = "--xla_gpu_deterministic_ops=true"


def ask_xla_for_determinism() -> None:
    """Ask the compiler of both backends, which looks only once: when the backend starts."""
    flags = os.environ.get("XLA_FLAGS", "")
    if FLAG not in flags.split():
        os.environ["XLA_FLAGS"] = f"{flags} {FLAG}".strip()


def make_deterministic(backend: str, *, started: bool) -> None:
    """Let a backend that is imported use deterministic operations only, for as long as the process lives.

    Args:
        backend: tensorflow, jax or torch.
        started: whether it ran before the compiler was asked.

    Raises:
        BackendError: it started without, on a device where that matters.
    """
    if backend == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()
        on_processor = not tensorflow.config.list_physical_devices("GPU")
    elif backend == "torch":
        import torch

        torch.use_deterministic_algorithms(True)
        return
    else:
        import jax

        on_processor = jax.default_backend() == "cpu"
    if started and not on_processor and FLAG not in os.environ.get("XLA_FLAGS", "").split():
        raise BackendError(
            f"{backend} runs already, and not deterministically: start a new process for training.deterministic"
        )
