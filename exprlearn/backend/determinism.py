"""Asking a backend for operations that give the same bits each time.

On processors all that a run needs is so anyway, on the same machine with the same versions and threads; on a GPU some
sums are otherwise added up in whatever order they arrive.
"""

from __future__ import annotations

import os

from exprlearn.errors import BackendError

FLAG = "--xla_gpu_deterministic_ops=true"


def ask_xla_for_determinism() -> None:
    """Ask the compiler of both backends, which looks only once: when the backend starts."""
    flags = os.environ.get("XLA_FLAGS", "")
    if FLAG not in flags.split():
        os.environ["XLA_FLAGS"] = f"{flags} {FLAG}".strip()


def make_deterministic(backend: str, *, started: bool) -> None:
    """Let a backend that is imported use deterministic operations only, for as long as the process lives.

    Args:
        backend: tensorflow or jax.
        started: whether it ran before the compiler was asked.

    Raises:
        BackendError: it started without, on a device where that matters.
    """
    if backend == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()
        on_processor = not tensorflow.config.list_physical_devices("GPU")
    else:
        import jax

        on_processor = jax.default_backend() == "cpu"
    if started and not on_processor and FLAG not in os.environ.get("XLA_FLAGS", "").split():
        raise BackendError(
            f"{backend} runs already, and not deterministically: start a new process for training.deterministic"
        )
