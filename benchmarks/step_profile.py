"""Where a training step spends its time: parts are left out, and its matrix products are timed alone.

    python benchmarks/step_profile.py [--backend tensorflow|jax] [--recipe addition-seq2seq]
                                      [--set training.batch_size=128]

Three loops over the same batches are compiled: one that only computes the loss, one with the gradients and the norm
that they are clipped to, and the whole step with Adam. Beside them stand the matrix products of the LSTM and dense
layers, once forward and twice backward, at the sizes that a step has them in and with nothing around them: compiled by
the same compiler, and by numpy. They take turns, in CPU seconds, and the middle of all turns counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np
from step_roofline import (
    EXAMPLES,
    SIDE,
    TURNS,
    Arrays,
    arguments,
    compiled_steps,
    learned,
    lstm_inputs,
    prepared,
    seconds,
)

from exprlearn.backend.keras_import import compiled, load_keras
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.models.layers import unrolled_lstm
from exprlearn.plugin import Shape
from exprlearn.plugin.kinds.model import Framing

Product = tuple[int, int, int]
"""Rows, inner size and columns of a matrix product."""


def products(model: Any, batch: int) -> Counter[Product]:
    """Count the matrix products that a step needs, forward and backward."""
    import keras

    found: Counter[Product] = Counter()
    for layer in model.layers:
        if isinstance(layer, keras.layers.LSTM):
            read, begun = lstm_inputs(layer)
            steps, gates = read.shape[1], 4 * layer.units
            rows, times = (batch * steps, 1) if isinstance(layer, unrolled_lstm()) else (batch, steps)
            of_inputs = _all_ways(rows, read.shape[2], gates)[: 3 if learned(model, read) else 2]
            found.update(dict.fromkeys(of_inputs, times))
            found.update(dict.fromkeys(_all_ways(batch, layer.units, gates), steps if begun else steps - 1))
        elif isinstance(layer, keras.layers.Dense):
            found.update(_all_ways(batch * layer.input.shape[1], layer.input.shape[2], layer.units))
    return found


def _all_ways(rows: int, inner: int, columns: int) -> tuple[Product, Product, Product]:
    """Return a product and those of its gradients: of the weights, and of what it reads."""
    return (rows, inner, columns), (inner, rows, columns), (rows, columns, inner)


def multiplied(product: Product, times: int, *, by_numpy: bool) -> Callable[[], object]:
    """Return so many products of one size, one after the other."""
    from keras import ops

    rows, inner, columns = product
    random = np.random.default_rng(0)
    left = random.normal(size=(rows, inner)).astype(np.float32)
    right = random.normal(size=(inner, columns)).astype(np.float32)
    if by_numpy:
        written = np.empty((rows, columns), np.float32)
        return lambda: [np.matmul(left, right, out=written) for _ in range(times)]

    def loop(left: Any, right: Any, times: Any) -> Any:
        # The whole product is handed on and read, so that none is left out or taken out of the loop.
        def again(index: Any, left: Any, product: Any) -> tuple[Any, Any, Any]:
            return index + 1, left + 1e-30 * product[0, 0], ops.matmul(left, right)

        first = (ops.convert_to_tensor(0, dtype="int32"), left, ops.zeros((rows, columns)))
        return ops.while_loop(lambda index, left, product: index < times, again, first)[2]

    run = compiled(loop, [])
    sent = [ops.convert_to_tensor(each) for each in (left, right, np.asarray(times, np.int32))]
    return lambda: np.asarray(run(*sent))


def without_optimizer(
    model: Any, framing: Framing, shape: Shape, arrays: Arrays, batch: int, *, gradients: bool
) -> Callable[[], object]:
    """Return one pass over the arrays that changes no weight, with or without gradients."""
    import keras
    from keras import ops

    def loss(rows: Any) -> Any:
        return FRAMINGS[framing].loss(shape, model(FRAMINGS[framing].inputs(shape, rows), training=True), rows)

    def tensorflow_value(rows: Any) -> Any:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            value = loss(rows)
        return value + 1e-30 * tf.linalg.global_norm(tape.gradient(value, model.trainable_variables))

    def jax_value(rows: Any) -> Any:
        import jax

        def of(values: Any) -> Any:
            outputs, _ = model.stateless_call(values, fixed, FRAMINGS[framing].inputs(shape, rows), training=True)
            return FRAMINGS[framing].loss(shape, outputs, rows)

        trainable = [variable.value for variable in model.trainable_variables]
        fixed = [variable.value for variable in model.non_trainable_variables]
        value, found = jax.value_and_grad(of)(trainable)
        return value + 1e-30 * sum(ops.sum(each**2) for each in jax.tree.leaves(found)) ** 0.5

    with_gradients = tensorflow_value if keras.backend.backend() == "tensorflow" else jax_value
    value_of = with_gradients if gradients else loss

    def run(arrays: Any, order: Any) -> Any:
        def step(index: Any, total: Any) -> tuple[Any, Any]:
            rows = {name: ops.take(array, order[index], axis=0) for name, array in arrays.items()}
            return index + 1, total + value_of(rows)

        first = (ops.convert_to_tensor(0, dtype="int32"), ops.convert_to_tensor(0.0))
        return ops.while_loop(lambda index, total: index < ops.shape(order)[0], step, first)[1]

    run_compiled = compiled(run, model.variables)
    order = ops.convert_to_tensor(np.arange(EXAMPLES, dtype=np.int32).reshape(-1, batch))
    sent = {name: ops.convert_to_tensor(array) for name, array in arrays.items()}
    return lambda: np.asarray(run_compiled(sent, order))


def main() -> None:
    chosen = arguments(__doc__)
    load_keras(chosen.backend)
    components, shape, arrays = prepared(chosen.recipe, chosen.sets)
    batch, framing = components.config.training.batch_size, components.model.framing
    model = components.model.build(shape, components.model_options)
    steps, counts = EXAMPLES // batch, products(model, batch)
    left = np.random.default_rng(0).normal(size=(SIDE, SIDE)).astype(np.float32)
    parts = {
        "large": lambda: left @ left,
        "forward": without_optimizer(model, framing, shape, arrays, batch, gradients=False),
        "gradients": without_optimizer(model, framing, shape, arrays, batch, gradients=True),
        "step": compiled_steps(model, components, shape, arrays),
    }
    for by_numpy in (False, True):
        for each, times in counts.items():
            parts[f"{each} {by_numpy}"] = multiplied(each, times * steps, by_numpy=by_numpy)
    turns = [{name: seconds(call) for name, call in parts.items()} for _ in range(TURNS + 1)][1:]
    middle = {name: median(turn[name] for turn in turns) for name in parts}

    rate = 2 * SIDE**3 / middle["large"]
    operations = {each: 2 * times * steps * np.prod(each) for each, times in counts.items()}
    alone = {by: sum(middle[f"{each} {by}"] for each in counts) for by in (False, True)}
    share = partial(told_share, whole=middle["step"], steps=steps)
    print(f"backend {chosen.backend}, batch {batch}; the large product {rate / 1e9:.0f} GFLOP a CPU second")
    share("a step", middle["step"])
    share("  forward", middle["forward"])
    share("  backward and norm", middle["gradients"] - middle["forward"])
    share("  clipping and Adam", middle["step"] - middle["gradients"])
    share("its products, if all were as quick as the large one", sum(operations.values()) / rate)
    share("its products alone, compiled", alone[False])
    share("its products alone, numpy", alone[True])
    print("rows × inner × columns     times  of the large product's rate: compiled, numpy")
    for each, times in sorted(counts.items(), key=lambda pair: -operations[pair[0]]):
        rates = [operations[each] / middle[f"{each} {by}"] / rate for by in (False, True)]
        print(f"{' × '.join(map(str, each)):24} {times:6} {rates[0]:28.2f} {rates[1]:8.2f}")


def told_share(what: str, part: float, *, whole: float, steps: int) -> None:
    print(f"{what:54} {1000 * part / steps:7.2f} ms {part / whole:6.0%}")


if __name__ == "__main__":
    main()
