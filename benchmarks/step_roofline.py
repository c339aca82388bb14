"""How near training comes to what the machine multiplies, and how far ahead of Keras's `fit` and of PyTorch it is.

    python benchmarks/step_roofline.py [--backend tensorflow|jax] [--recipe addition-seq2seq]
                                       [--set training.batch_size=128]

Timed in one process, in CPU seconds, after a first call of each: a large float32 matrix product, exprlearn's compiled
steps, and on the same layers, batches and arrays Keras's `fit`, `fit` with `steps_per_execution=32`, and, where it is
installed and the model is one of LSTMs, a network of as many weights in PyTorch, eager and with its fused Adam. They
take turns, and the middle of all turns counts, since other work on the machine slows whatever runs at that moment. Only
multiplications that the model cannot do without are counted: those of its LSTM, attention and dense layers, once
forward and twice backward; rows that hold several examples are counted as they are laid out.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from math import prod
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from trainings import begin, components_of
from turns import in_turns, medians, ratio, seconds, verdict

from exprlearn.models.layers import unrolled_lstm
from exprlearn.runs.built_models import build_model
from exprlearn.runs.checkpoint import Position
from exprlearn.runs.run import Run
from exprlearn.training.compiled_steps import steps_of
from exprlearn.training.optimizers import make_optimizer
from exprlearn.training.training_data import Epoch, training_data

EXAMPLES, SIDE = 16384, 1536
PRODUCT_BAR, FIT_BAR = 0.45, 1.8
#: The steps that `fit` is told to take at once.
AT_ONCE = 32

Product = tuple[int, int, int, int]
"""How many matrix products at once, and of each the rows, the inner size and the columns."""


def products(model: Any, batch: int, length: int) -> Counter[Product]:
    """Count the matrix products that a step needs, forward and backward, on rows of so many tokens.

    Nothing needs the gradient of what no weight stands before, nor the product of a state of zeros, nor that of a
    repeated vector more than once.
    """
    import keras

    found: Counter[Product] = Counter()
    repeated = {id(layer.output) for layer in model.layers if isinstance(layer, keras.layers.RepeatVector)}

    def shape(tensor: Any) -> tuple[int, ...]:
        return tuple(length if size is None else size for size in tensor.shape[1:])

    for layer in model.operations:
        if isinstance(layer, keras.layers.LSTM):
            begun = isinstance(layer.input, list | tuple)
            read = layer.input[0] if begun else layer.input
            steps, size = shape(read)
            at_once = steps if isinstance(layer, unrolled_lstm(keras.layers.LSTM)) else 1
            for each in _all_ways(1, batch * at_once, size, 4 * layer.units)[: 3 if learned(model, read) else 2]:
                found[each] += 1 if id(read) in repeated else steps // at_once
            for each in _all_ways(1, batch, layer.units, 4 * layer.units):
                found[each] += steps if begun else steps - 1
        elif isinstance(layer, keras.layers.Dense):
            *rows, size = shape(layer.input)
            found.update(_all_ways(1, batch * prod(rows), size, layer.units))
        elif isinstance(layer, keras.layers.Attention):
            (asked, size), (seen, _) = map(shape, layer.input[:2])
            for ways in (_all_ways(batch, asked, size, seen), _all_ways(batch, asked, seen, size)):
                found.update(ways)
        elif type(layer).__name__ == "Matmul":
            (*groups, rows, inner), (*_, columns) = map(shape, layer.input)
            found.update(_all_ways(batch * prod(groups), rows, inner, columns))
    return found


def _all_ways(groups: int, rows: int, inner: int, columns: int) -> tuple[Product, Product, Product]:
    """Return a product and those of its gradients: of what it multiplies by, and of what it reads."""
    return (groups, rows, inner, columns), (groups, inner, rows, columns), (groups, rows, columns, inner)


def operations(counts: Counter[Product]) -> int:
    """Count multiplications and additions."""
    return sum(2 * times * prod(each) for each, times in counts.items())


def learned(model: Any, tensor: Any) -> bool:
    """Tell whether a weight stands before a tensor: one-hot rows, for example, are what they are."""
    import keras

    return bool(keras.Model(model.inputs, tensor).trainable_variables)


def compiled_steps(run: Run, epoch: Epoch) -> Callable[[], object]:
    """Return one pass over an epoch in exprlearn's compiled steps."""
    components, answerer = run.components, run.answerer
    shape, framing = answerer.decoder.shape, components.model.framing
    steps = steps_of(run.model, optimizer_of(run, epoch), framing, shape, loss=components.loss)
    return lambda: steps.run(epoch.arrays, epoch.order)


def optimizer_of(run: Run, epoch: Epoch) -> Any:
    components, steps = run.components, 100 * len(epoch.order)
    return make_optimizer(
        run.config.training, steps=steps, optimizer=components.optimizer, schedule=components.learning_rate
    )


def rows_of(run: Run, epoch: Epoch) -> tuple[list[Any], Any]:
    """Return what a model reads in an epoch, and the targets, in the order of the batches."""
    arrays = {name: array[epoch.order.ravel()] for name, array in epoch.arrays.items()}
    read = run.answerer.rules.inputs(run.answerer.decoder.shape, arrays)
    return [np.asarray(each) for each in read], arrays["target"]


def keras_fit(run: Run, epoch: Epoch, at_once: int = 1) -> Callable[[], object]:
    """Return the same in Keras's `fit`, so many steps at once."""
    import keras

    model, (read, target) = build_model(run.components, run.encoder), rows_of(run, epoch)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=run.answerer.decoder.shape.pad)
    model.compile(optimizer_of(run, epoch), loss, steps_per_execution=at_once)
    return lambda: model.fit(read, target, batch_size=epoch.order.shape[1], shuffle=False, verbose=0)


@contextmanager
def prepared(chosen: argparse.Namespace) -> Iterator[tuple[Run, Epoch]]:
    """Begin a training, and draw what it learns from in its first epoch."""
    sets = (f"training.examples_per_epoch={EXAMPLES}", *chosen.sets)
    components = components_of(*sets, flags={"training.backend": chosen.backend}, recipe=chosen.recipe)
    with TemporaryDirectory() as runs:
        run, splits = begin(components, Path(runs))
        yield run, training_data(run, splits).epoch(Position())


def arguments(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax"))
    parser.add_argument("--recipe", default="addition-seq2seq", help="of a model that writes tokens")
    parser.add_argument("--set", action="append", default=[], dest="sets", help="another setting, as of `train`")
    parser.add_argument("--turns", type=int, default=7)
    return parser.parse_args()


def main() -> None:
    chosen = arguments(__doc__)
    # Before Keras: the process ends where PyTorch imports its compiler and TensorFlow has imported its own.
    pytorch = import_module("pytorch_networks") if find_spec("torch") else None
    with prepared(chosen) as (run, epoch):
        left = np.random.default_rng(0).normal(size=(SIDE, SIDE)).astype(np.float32)
        sides = {
            "matrix product": lambda: left @ left,
            "exprlearn": compiled_steps(run, epoch),
            "fit": keras_fit(run, epoch),
            f"fit, {AT_ONCE} at once": keras_fit(run, epoch, AT_ONCE),
        }
        if pytorch is not None:
            steps = pytorch.pytorch_steps(run, *rows_of(run, epoch), epoch.order.shape[1])
            sides |= {"PyTorch, eager": steps} if steps else {}
        first = {name: seconds(call) for name, call in sides.items()}
        measured = in_turns(sides, chosen.turns)
        show(run, epoch, measured)
    print(f"first call of exprlearn {first['exprlearn']:.1f} CPU s, compilation included; of fit {first['fit']:.1f}")


def show(run: Run, epoch: Epoch, measured: Any) -> None:
    """Print the rates of all sides and what they come to."""
    (steps, rows), length = epoch.order.shape, epoch.arrays["source"].shape[1]
    needed, product = steps * operations(products(run.model, rows, length)), 2 * SIDE**3
    turns = zip(measured["exprlearn"], measured["matrix product"], strict=True)
    share = median(needed / taken * beside / product for taken, beside in turns)
    middle = medians(measured)
    print(f"backend {run.config.training.backend}, {run.config.model.name}, {run.model.count_params()} weights,")
    print(f"{epoch.examples // steps} examples a step, {needed / epoch.examples / 1e6:.2f} million operations each")
    print(f"matrix product        {product / middle['matrix product'] / 1e9:8.1f} GFLOP a CPU second")
    for name in [name for name in measured if name != "matrix product"]:
        slower = "" if name == "exprlearn" else f"   exprlearn is ahead {ratio(measured, name, 'exprlearn'):.2f} x"
        print(f"{name:21} {epoch.examples / middle[name]:8.0f} examples a CPU second{slower}")
    ahead = ratio(measured, "fit", "exprlearn")
    print(f"share of the product  {share:8.2f}   (bar {PRODUCT_BAR}: {verdict(share >= PRODUCT_BAR)})")
    print(f"ahead of fit          {ahead:8.2f} x (bar {FIT_BAR}: {verdict(ahead >= FIT_BAR)})")


if __name__ == "__main__":
    main()
