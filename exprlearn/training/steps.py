"""Many optimizer steps in one compiled call: the only place with code for each backend.

Keras's `fit` spends more than half its time between steps on models of this size. Here the examples of an epoch lie on
the device, a matrix of row numbers says which of them make up each batch, and one call runs all the steps. That also
makes the order of the data an argument, which is what exact resume needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras
    import numpy as np
    from numpy.typing import NDArray

Loss = Callable[[Any, Mapping[str, Any]], Any]


class Steps:
    """Runs optimizer steps over arrays; the model's and the optimizer's variables hold the state afterwards.

    Args:
        model: a built Keras model.
        optimizer: a Keras optimizer, not yet built.
        inputs: turns a batch, a mapping of tensors, into the model's inputs.
        loss: a scalar from the model's outputs and the batch.
    """

    def __init__(
        self, model: keras.Model, optimizer: keras.Optimizer, inputs: Callable[[Mapping[str, Any]], Any], loss: Loss
    ) -> None:
        import keras

        optimizer.build(model.trainable_variables)
        make = _tensorflow_steps if keras.backend.backend() == "tensorflow" else _jax_steps
        self._run = make(model, optimizer, inputs, loss)

    def run(self, arrays: Mapping[str, NDArray[Any]], order: NDArray[np.int32]) -> float:
        """Take one step for every row of `order` (steps, batch) int32 and return the mean loss.

        Args:
            arrays: name → array whose first axis is the examples.
            order: which examples make up each batch.
        """
        return float(self._run(dict(arrays), order))


def _tensorflow_steps(
    model: keras.Model, optimizer: keras.Optimizer, inputs: Callable[[Mapping[str, Any]], Any], loss: Loss
) -> Callable[..., Any]:
    import tensorflow as tf

    variables = model.trainable_variables

    @tf.function(jit_compile=True)  # type: ignore[untyped-decorator]
    def run(arrays: dict[str, Any], order: Any) -> Any:
        total = tf.zeros(())
        for step in tf.range(tf.shape(order)[0]):
            batch = {name: tf.gather(array, order[step]) for name, array in arrays.items()}
            with tf.GradientTape() as tape:
                value = loss(model(inputs(batch), training=True), batch)
            optimizer.apply(tape.gradient(value, variables), variables)
            total += value
        return total / tf.cast(tf.shape(order)[0], tf.float32)

    return run  # type: ignore[no-any-return]


def _jax_steps(
    model: keras.Model, optimizer: keras.Optimizer, inputs: Callable[[Mapping[str, Any]], Any], loss: Loss
) -> Callable[..., Any]:
    import jax

    def batch_loss(trainable: Any, fixed: Any, batch: Any) -> tuple[Any, Any]:
        outputs, fixed = model.stateless_call(trainable, fixed, inputs(batch), training=True)
        return loss(outputs, batch), fixed

    gradient = jax.value_and_grad(batch_loss, has_aux=True)

    def run(state: Any, arrays: dict[str, Any], order: Any) -> tuple[Any, Any]:
        def step(state: Any, rows: Any) -> tuple[Any, Any]:
            trainable, fixed, optimizing = state
            batch = {name: array[rows] for name, array in arrays.items()}
            (value, fixed), gradients = gradient(trainable, fixed, batch)
            trainable, optimizing = optimizer.stateless_apply(optimizing, gradients, trainable)
            return (trainable, fixed, optimizing), value

        state, losses = jax.lax.scan(step, state, order)
        return state, losses.mean()

    fast = jax.jit(run, donate_argnums=0)
    groups = (model.trainable_variables, model.non_trainable_variables, optimizer.variables)

    def run_and_assign(arrays: dict[str, Any], order: Any) -> Any:
        state, value = fast(tuple([variable.value for variable in group] for group in groups), arrays, order)
        for group, values in zip(groups, state, strict=True):
            for variable, new in zip(group, values, strict=True):
                variable.assign(new)
        return value

    return run_and_assign
