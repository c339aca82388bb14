"""One compiled call over Keras layers, on whichever backend Keras runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def compiled(function: Callable[..., Any], variables: Sequence[keras.Variable]) -> Callable[..., Any]:
    """Compile a function that reads `variables` and takes and returns tensors.

    Shapes are fixed at the first call; another shape compiles anew. On JAX the variables become arguments of the
    compiled function, since a traced function would otherwise keep their first values for ever.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow

        # TensorFlow counts how often code is traced; a partial is a function of its own, as that of each model is.
        return tensorflow.function(partial(function), jit_compile=True)  # type: ignore[no-any-return]
    import jax

    def with_values(values: list[Any], *arguments: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(*arguments)

    fast = jax.jit(with_values)
    return lambda *arguments: fast([variable.value for variable in variables], *arguments)
