"""First values of variables on JAX: drawn in one compiled call, where each shape and kind would compile its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    with ExitStack() as stack:
        scope = stack.enter_context(keras.StatelessScope())
        try:
            model = build()
        except ValueError:
            # A variable that is made of a value has no place in such a scope; what is wrong anyway is raised again.
            stack.close()
            return build()
        leave = stack.pop_all().close

    def draw() -> Sequence[keras.Variable]:
        leave()
        return list(model.variables)

    draw_at_once(draw)
    for variable in model.variables:
        assigned = scope.get_current_value(variable)
        if assigned is not None:
            variable.assign(assigned)
    return model


def build_optimizer(optimizer: keras.Optimizer, variables: Sequence[keras.Variable]) -> None:
    """Build an optimizer for variables; on JAX zeros of each shape would be compiled by themselves."""
    import keras

    def draw() -> Sequence[keras.Variable]:
        optimizer.build(variables)
        return list(optimizer.variables)

    if keras.backend.backend() == "jax":
        draw_at_once(draw)
    else:
        draw()


def draw_at_once(draw: Callable[[], Sequence[keras.Variable]]) -> None:
    """Give the variables that a function makes or fills, and returns, their values in one compiled call of JAX."""
    import jax

    variables: list[keras.Variable] = []

    def values() -> list[Any]:
        variables.extend(draw())
        return [variable.value for variable in variables]

    drawn = jax.jit(values, compiler_options=LIGHTLY)()
    for variable, value in zip(variables, drawn, strict=True):
        variable.assign(value)
