"""Many optimizer steps in one compiled call: the only place with code for each backend.

Keras's `fit` spends more than half its time between steps on models of this size. Here the examples of an epoch lie on
the device, a matrix of row numbers says which of them make up each batch, and one call runs as many steps as asked for.
That also makes the order of the data an argument, which is what exact resume needs. How many steps a call takes is an
argument too: the same compiled step runs whether an epoch is cut or not, so that cutting changes no bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from exprlearn.backend.first_values import build_optimizer
from exprlearn.backend.keras_import import array_of
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.distributed.ranks import Alone, Ranks
from exprlearn.plugin import Loss, LossContext, Shape
from exprlearn.plugin.kinds.model import Framing

if TYPE_CHECKING:
    import keras

LossFunction = Callable[[Any, Mapping[str, Any]], Any]

#: How long a call should take; while it runs, no signal is heard and no checkpoint written.
CALL_SECONDS = 1.0
#: How old the last checkpoint may get in the middle of an epoch.
CHECKPOINT_SECONDS = 60.0
#: How many times as many steps a call may take as the one before.
MOST_GROWTH = 8


class Steps:
    """Runs optimizer steps over arrays; the model's and the optimizer's variables hold the state afterwards.

    Args:
        model: a built Keras model.
        optimizer: a Keras optimizer, not yet built.
        inputs: turns a batch, a mapping of tensors, into the model's inputs.
        loss: a scalar from the model's outputs and the batch; what the model itself adds, by regularizers and
            `add_loss`, is added to it as Keras's `fit` does.
        ranks: the processes that take the steps together, on JAX alone; None is this one.
    """

    def __init__(
        self,
        model: keras.Model,
        optimizer: keras.Optimizer,
        inputs: Callable[[Mapping[str, Any]], Any],
        loss: LossFunction,
        ranks: Ranks | None = None,
    ) -> None:
        import keras

        build_optimizer(optimizer, model.trainable_variables)
        backend = keras.backend.backend()
        if backend == "tensorflow":
            self._run = _tensorflow_steps(model, optimizer, inputs, loss)
        elif backend == "torch":
            self._run = _torch_steps(model, optimizer, inputs, loss)
        else:
            self._run = _jax_steps(model, optimizer, inputs, loss, ranks or Alone())

    def run(self, arrays: Mapping[str, Any], order: Any) -> float:
        """Take one step for every row of `order` and return the mean loss; arguments as of `advance`."""
        return self.advance(arrays, order, 0, len(order), 0.0) / len(order)

    def advance(self, arrays: Mapping[str, Any], order: Any, first: int, last: int, total: float) -> float:
        """Take the steps from `first` up to `last` and return `total` plus their losses, added up as float32.

        Args:
            arrays: name → array or tensor whose first axis is the examples; or, without an order, whose first two axes
                are steps and batch.
            order: which examples make up each batch, (steps, batch) int32; None when they are laid out already.
            first: the first row of `order` to take.
            last: the row to stop before.
            total: the losses of the rows before `first`, added up.
        """
        begin, end = np.asarray(first, np.int32), np.asarray(last, np.int32)
        return float(self._run(dict(arrays), order, begin, end, np.asarray(total, np.float32)))


def steps_of(
    model: keras.Model,
    optimizer: keras.Optimizer,
    framing: Framing,
    shape: Shape,
    ranks: Ranks | None = None,
    loss: Loss | None = None,
) -> Steps:
    """Return the steps that train a model of a framing on a loss; without one on that of the framing."""
    rules = FRAMINGS[framing]
    default = partial(rules.loss, shape)
    context = LossContext(shape=shape, framing=framing, default=default)
    computed = default if loss is None else partial(_compute, loss, context)
    return Steps(model, optimizer, partial(rules.inputs, shape), computed, ranks)


def _compute(loss: Loss, context: LossContext, outputs: Any, batch: Mapping[str, Any]) -> Any:
    return loss.compute(outputs, batch, context)


def _tensorflow_steps(
    model: keras.Model, optimizer: keras.Optimizer, inputs: Callable[[Mapping[str, Any]], Any], loss: LossFunction
) -> Callable[..., Any]:
    import tensorflow as tf

    variables = model.trainable_variables

    def run(arrays: dict[str, Any], order: Any, first: Any, last: Any, total: Any) -> Any:
        def step(number: Any, total: Any) -> tuple[Any, Any]:
            batch = {name: tf.gather(array, order[number]) for name, array in arrays.items()}
            with tf.GradientTape() as tape:
                value = _with_added(loss(model(inputs(batch), training=True), batch), model.losses)
            optimizer.apply(tape.gradient(value, variables), variables)
            return number + 1, total + value

        # `tf.range` would make its bounds constants, and every other cut would compile anew.
        return tf.while_loop(lambda number, total: number < last, step, (first, total))[1]

    # TensorFlow counts how often code is traced; a partial is a function of its own, as the steps of each model are.
    # All is traced as it is, as on JAX: autograph would take a while to rewrite it, and a loss may have no source.
    return tf.function(partial(run), jit_compile=True, autograph=False)  # type: ignore[no-any-return]


def _torch_steps(
    model: keras.Model, optimizer: keras.Optimizer, inputs: Callable[[Mapping[str, Any]], Any], loss: LossFunction
) -> Callable[..., Any]:
    import torch
    from keras import ops

    variables = model.trainable_variables
    states = [variable for variable in model.variables if np.dtype(variable.dtype).kind in "iu"]

    def seed() -> int:
        # Keras's dropout draws from what PyTorch seeds for the whole process. Seeded by the states of the layers' own
        # generators and the step, it draws the same in a run that goes on.
        known = [int(each) for state in states for each in array_of(state).ravel()]
        return int(np.random.SeedSequence([*known, int(array_of(optimizer.iterations))]).generate_state(1)[0])

    def step(batch: dict[str, Any]) -> Any:
        torch.manual_seed(seed())
        model.zero_grad()
        value = _with_added(loss(model(inputs(batch), training=True), batch), model.losses)
        value.backward()
        optimizer.apply([variable.value.grad for variable in variables], variables)
        return array_of(value)

    def run(arrays: dict[str, Any], order: Any, first: Any, last: Any, total: Any) -> Any:
        tensors = {name: ops.convert_to_tensor(array) for name, array in arrays.items()}
        rows = array_of(order)
        with torch.random.fork_rng(devices=[]):
            for number in range(int(first), int(last)):
                total = np.float32(total + step({name: each[rows[number]] for name, each in tensors.items()}))
        return total

    return run


def _with_added(loss: Any, added: Sequence[Any]) -> Any:
    """Return the loss with what the model adds; the same loss where it adds nothing."""
    from keras import ops

    for each in added:
        loss = ops.add(loss, ops.sum(each))
    return loss


def _jax_steps(
    model: keras.Model,
    optimizer: keras.Optimizer,
    inputs: Callable[[Mapping[str, Any]], Any],
    loss: LossFunction,
    ranks: Ranks,
) -> Callable[..., Any]:
    import jax

    def batch_loss(trainable: Any, fixed: Any, batch: Any) -> tuple[Any, Any]:
        outputs, fixed, added = model.stateless_call(trainable, fixed, inputs(batch), training=True, return_losses=True)
        return _with_added(loss(outputs, batch), added), fixed

    gradient = jax.value_and_grad(batch_loss, has_aux=True)

    def run(state: Any, arrays: dict[str, Any], order: Any, first: Any, last: Any, total: Any) -> tuple[Any, Any]:
        def step(number: Any, state_and_total: Any) -> Any:
            (trainable, fixed, optimizing), total = state_and_total
            rows = number if order is None else order[number]
            batch = {name: array[rows] for name, array in arrays.items()}
            (value, fixed), gradients = gradient(trainable, fixed, batch)
            trainable, optimizing = optimizer.stateless_apply(optimizing, gradients, trainable)
            return (trainable, fixed, optimizing), total + value

        return jax.lax.fori_loop(first, last, step, (state, total))  # type: ignore[no-any-return]

    fast = ranks.compiled(run)
    groups = (model.trainable_variables, model.non_trainable_variables, optimizer.variables)

    def run_and_assign(*arguments: Any) -> Any:
        state, total = fast(tuple([variable.value for variable in group] for group in groups), *arguments)
        for group, values in zip(groups, state, strict=True):
            for variable, new in zip(group, values, strict=True):
                variable.assign(new)
        return total

    return run_and_assign


class CallLength:
    """Finds, from how long calls took, how many steps the next one takes.

    Where an epoch is cut changes nothing but that, so that the clock may decide. The first call, of one step, compiles.

    >>> length = CallLength(call_seconds=1.0)
    >>> for seconds in (20.0, 0.01, 0.08, 0.64):
    ...     length.note(length.steps, seconds)
    >>> length.steps
    100
    """

    def __init__(self, call_seconds: float | None = None) -> None:
        self.call_seconds = CALL_SECONDS if call_seconds is None else call_seconds
        self.steps = 1

    def note(self, steps: int, seconds: float) -> None:
        """Take into account that so many steps took so long."""
        wanted = int(steps * self.call_seconds / max(seconds, 1e-9))
        self.steps = max(1, min(wanted, MOST_GROWTH * self.steps))
