"""Where a training step spends its time: parts are left out, and its matrix products are timed alone.

    python benchmarks/step_profile.py [--backend tensorflow|jax] [--recipe addition-seq2seq]
                                      [--set training.batch_size=128]

Three loops over the same batches are compiled: one that only computes the loss, one with the gradients and the norm
that they are clipped to, and the whole step with the optimizer. Beside them stand the matrix products of the LSTM,
attention and dense layers, once forward and twice backward, at the sizes that a step has them in and with nothing
around them: compiled by the same compiler, and by numpy. They take turns, in CPU seconds, and the middle of all turns
counts. `--recipe quickstart` is a transformer, whose rows hold several examples.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

import numpy as np
from step_roofline import (
    SIDE,
    Product,
    arguments,
    compiled_steps,
    operations,
    prepared,
    products,
)
from turns import in_turns, medians

from exprlearn.backend.keras_import import compiled
from exprlearn.runs.run import Run
from exprlearn.training.training_data import Epoch


def multiplied(product: Product, times: int, *, by_numpy: bool) -> Callable[[], object]:
    """Return so many products of one size, one after the other."""
    from keras import ops

    # Axes that hold one matrix alone would be slower than none.
    (groups, rows, inner, columns), random = product, np.random.default_rng(0)
    first = (groups,) if groups > 1 else ()
    left = random.normal(size=(*first, rows, inner)).astype(np.float32)
    right = random.normal(size=(*first, inner, columns)).astype(np.float32)
    if by_numpy:
        written = np.empty((*first, rows, columns), np.float32)
        return lambda: [np.matmul(left, right, out=written) for _ in range(times)]

    def loop(left: Any, right: Any, times: Any) -> Any:
        # The whole product is handed on and read, so that none is left out or taken out of the loop.
        def again(index: Any, left: Any, product: Any) -> tuple[Any, Any, Any]:
            return index + 1, left + 1e-30 * ops.ravel(product)[0], ops.matmul(left, right)

        begun = (ops.convert_to_tensor(0, dtype="int32"), left, ops.zeros((*first, rows, columns)))
        return ops.while_loop(lambda index, left, product: index < times, again, begun)[2]

    run = compiled(loop, [])
    sent = [ops.convert_to_tensor(each) for each in (left, right, np.asarray(times, np.int32))]
    return lambda: np.asarray(run(*sent))


def without_optimizer(run: Run, epoch: Epoch, *, gradients: bool) -> Callable[[], object]:
    """Return one pass over an epoch that changes no weight, with or without gradients."""
    import keras
    from keras import ops

    model, rules, shape = run.model, run.answerer.rules, run.answerer.decoder.shape

    def loss(rows: Any) -> Any:
        return rules.loss(shape, model(rules.inputs(shape, rows), training=True), rows)

    def tensorflow_value(rows: Any) -> Any:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            value = loss(rows)
        return value + 1e-30 * tf.linalg.global_norm(tape.gradient(value, model.trainable_variables))

    def jax_value(rows: Any) -> Any:
        import jax

        def of(values: Any) -> Any:
            outputs, _ = model.stateless_call(values, fixed, rules.inputs(shape, rows), training=True)
            return rules.loss(shape, outputs, rows)

        trainable = [variable.value for variable in model.trainable_variables]
        fixed = [variable.value for variable in model.non_trainable_variables]
        value, found = jax.value_and_grad(of)(trainable)
        return value + 1e-30 * sum(ops.sum(each**2) for each in jax.tree.leaves(found)) ** 0.5

    with_gradients = tensorflow_value if keras.backend.backend() == "tensorflow" else jax_value
    value_of = with_gradients if gradients else loss

    def passed(arrays: Any, order: Any) -> Any:
        def step(index: Any, total: Any) -> tuple[Any, Any]:
            rows = {name: ops.take(array, order[index], axis=0) for name, array in arrays.items()}
            return index + 1, total + value_of(rows)

        first = (ops.convert_to_tensor(0, dtype="int32"), ops.convert_to_tensor(0.0))
        return ops.while_loop(lambda index, total: index < ops.shape(order)[0], step, first)[1]

    run_compiled, order = compiled(passed, model.variables), ops.convert_to_tensor(epoch.order)
    sent = {name: ops.convert_to_tensor(array) for name, array in epoch.arrays.items()}
    return lambda: np.asarray(run_compiled(sent, order))


def main() -> None:
    chosen = arguments(__doc__)
    with prepared(chosen) as (run, epoch):
        profile(run, epoch, chosen.turns)


def profile(run: Run, epoch: Epoch, turns: int) -> None:
    """Time a step, its parts and its products, and print what each takes."""
    (steps, rows), length = epoch.order.shape, epoch.arrays["source"].shape[1]
    counts = products(run.model, rows, length)
    left = np.random.default_rng(0).normal(size=(SIDE, SIDE)).astype(np.float32)
    parts = {
        "large": lambda: left @ left,
        "forward": without_optimizer(run, epoch, gradients=False),
        "gradients": without_optimizer(run, epoch, gradients=True),
        "step": compiled_steps(run, epoch),
    }
    for by_numpy in (False, True):
        for each, times in counts.items():
            parts[f"{each} {by_numpy}"] = multiplied(each, times * steps, by_numpy=by_numpy)
    in_turns(parts, 1)
    middle = medians(in_turns(parts, turns))

    rate = 2 * SIDE**3 / middle["large"]
    share = partial(told_share, whole=middle["step"], steps=steps)
    backend, size = run.config.training.backend, run.config.training.batch_size
    print(f"backend {backend}, batch {size}; the large product {rate / 1e9:.0f} GFLOP a CPU second")
    share("a step", middle["step"])
    share("  forward", middle["forward"])
    share("  backward and norm", middle["gradients"] - middle["forward"])
    share("  clipping and optimizer", middle["step"] - middle["gradients"])
    share("its products, if all were as quick as the large one", steps * operations(counts) / rate)
    for by, name in ((False, "compiled"), (True, "numpy")):
        share(f"its products alone, {name}", sum(middle[f"{each} {by}"] for each in counts))
    print("rows × inner × columns          times  of the large product's rate: compiled, numpy")
    for each in sorted(counts, key=lambda each: -counts[each] * prod(each)):
        done = 2 * counts[each] * steps * prod(each)
        rates = [done / middle[f"{each} {by}"] / rate for by in (False, True)]
        groups, *sizes = each
        name = " × ".join(map(str, sizes)) + (f", {groups} at once" if groups > 1 else "")
        print(f"{name:29} {counts[each]:6} {rates[0]:28.2f} {rates[1]:8.2f}")


def told_share(what: str, part: float, *, whole: float, steps: int) -> None:
    print(f"{what:54} {1000 * part / steps:7.2f} ms {part / whole:6.0%}")


if __name__ == "__main__":
    main()
