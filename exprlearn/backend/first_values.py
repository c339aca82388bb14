"""First weights on JAX: drawn in one compiled call, where each kind of layer would compile its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

#: The compiler works hard on code that runs for ever; this runs once. Level 1 gives the bits of the usual one.
LIGHTLY = {"xla_backend_optimization_level": 1}


def built_at_once(build: Callable[[], keras.Model]) -> keras.Model:
    """Build a model with all its first values drawn in one compiled call, where Keras runs on JAX.

    Variables that are made in a stateless scope get their values when it is left, which happens while JAX traces. What
    a layer assigns while it is built counts as it does elsewhere.

    Args:
        build: builds the same model each time that it is called.
    """
    import keras

    if keras.backend.backend() != "jax":
        return build()
    import jax

    with ExitStack() as stack:
        scope = stack.enter_context(keras.StatelessScope())
        try:
            model = build()
        except ValueError:
            # A variable that is made of a value has no place in such a scope; what is wrong anyway is raised again.
            stack.close()
            return build()
        leave = stack.pop_all().close

    def values() -> list[Any]:
        leave()
        return [variable.value for variable in model.variables]

    drawn = jax.jit(values, compiler_options=LIGHTLY)()
    for variable, value in zip(model.variables, drawn, strict=True):
        assigned = scope.get_current_value(variable)
        variable.assign(value if assigned is None else assigned)
    return model
