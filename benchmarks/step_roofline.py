"""How near training comes to what the machine multiplies, and how far ahead of Keras's `fit` it is.

    python benchmarks/step_roofline.py [--backend tensorflow|jax] [--recipe addition-seq2seq]
                                       [--set training.batch_size=128]

Three things are timed in one process, in CPU seconds, after their first call: a large float32 matrix product,
exprlearn's compiled steps and Keras's `fit` on the same layers, batch size and arrays. They take turns, and the middle
of all turns counts, since other work on the machine slows whatever runs at that moment. Only multiplications that the
model cannot do without are counted: those of its LSTM, attention and dense layers, once forward and twice backward.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from exprlearn.backend.keras_import import load_keras
from exprlearn.config import Components, read_config, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.plugin import Shape
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import find_recipe
from exprlearn.runs.preparation import make_encoder
from exprlearn.training.compiled_steps import steps_of
from exprlearn.training.optimizers import make_optimizer

TURNS, EXAMPLES, SIDE = 7, 16384, 1536
PRODUCT_BAR, FIT_BAR = 0.45, 1.8

Arrays = dict[str, Any]


def seconds(function: Callable[[], object]) -> float:
    """Return the CPU seconds of a call."""
    before = time.process_time()
    function()
    return time.process_time() - before


def necessary_operations(model: Any) -> int:
    """Count the multiplications and additions that one example needs, forward and backward.

    Nothing needs the gradient of what no weight stands before, nor the product of a state of zeros.
    """
    import keras

    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.LSTM):
            read, begun = lstm_inputs(layer)
            gates, steps = 2 * 4 * layer.units, read.shape[1]
            total += gates * steps * read.shape[2] * (3 if learned(model, read) else 2)
            total += gates * (steps if begun else steps - 1) * layer.units * 3
        elif isinstance(layer, keras.layers.Dense):
            total += layer.input.shape[1] * 2 * layer.input.shape[2] * layer.units * 3
        elif isinstance(layer, keras.layers.Attention):
            query, value = layer.input[:2]
            total += 2 * 2 * query.shape[1] * value.shape[1] * query.shape[2] * 3
    return total


def lstm_inputs(layer: Any) -> tuple[Any, bool]:
    """Return what an LSTM layer reads, and whether it begins with a state that it is given."""
    given = isinstance(layer.input, list | tuple)
    return (layer.input[0], True) if given else (layer.input, False)


def learned(model: Any, tensor: Any) -> bool:
    """Tell whether a weight stands before a tensor: one-hot rows, for example, are what they are."""
    import keras

    return bool(keras.Model(model.inputs, tensor).trainable_variables)


def compiled_steps(model: Any, components: Components, shape: Shape, arrays: Arrays) -> Callable[[], object]:
    """Return one pass over the arrays in exprlearn's compiled steps."""
    settings = components.config.training
    order = np.arange(EXAMPLES, dtype=np.int32).reshape(-1, settings.batch_size)
    framing = components.model.framing
    steps = steps_of(
        model,
        make_optimizer(settings, steps=100 * len(order)),
        framing,
        shape,
    )
    return lambda: steps.run(arrays, order)


def keras_fit(model: Any, components: Components, shape: Shape, arrays: Arrays) -> Callable[[], object]:
    """Return one pass over the same arrays in Keras's `fit`."""
    import keras

    settings = components.config.training
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=shape.pad)
    model.compile(make_optimizer(settings, steps=100 * EXAMPLES // settings.batch_size), loss)
    read = [np.asarray(each) for each in FRAMINGS[components.model.framing].inputs(shape, arrays)]
    return lambda: model.fit(read, arrays["target"], batch_size=settings.batch_size, shuffle=False, verbose=0)


def prepared(recipe: str, sets: list[str]) -> tuple[Components, Shape, Arrays]:
    """Return what a recipe trains with: its components, its shape and the arrays of its first epoch."""
    plugins = Plugins(only=())
    preset = find_recipe(recipe).preset
    components = resolve(read_config(None, {}, sets, preset=preset, plugins=plugins).config, plugins)
    space = load_space(components.config.grammar, components)
    encoder = make_encoder(space, components)
    examples, _ = load_splits(space, components).train.take(EXAMPLES)
    arrays = {"source": encoder.sources(examples.expressions), "target": encoder.targets(examples.answers)}
    return components, FRAMINGS[components.model.framing].shape(encoder), arrays


def arguments(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax"))
    parser.add_argument("--recipe", default="addition-seq2seq", help="of a model that writes tokens")
    parser.add_argument("--set", action="append", default=[], dest="sets", help="another setting, as of `train`")
    return parser.parse_args()


def main() -> None:
    chosen = arguments(__doc__)
    load_keras(chosen.backend)
    components, shape, arrays = prepared(chosen.recipe, chosen.sets)

    model = components.model.build(shape, components.model_options)
    left = np.random.default_rng(0).normal(size=(SIDE, SIDE)).astype(np.float32)
    sides = {
        "product": lambda: left @ left,
        "exprlearn": compiled_steps(model, components, shape, arrays),
        "fit": keras_fit(components.model.build(shape, components.model_options), components, shape, arrays),
    }
    first = {name: seconds(call) for name, call in sides.items()}
    turns = [{name: seconds(call) for name, call in sides.items()} for _ in range(TURNS)]

    needed = necessary_operations(model) * EXAMPLES
    share = median(needed / turn["exprlearn"] * turn["product"] / (2 * SIDE**3) for turn in turns)
    ahead = median(turn["fit"] / turn["exprlearn"] for turn in turns)
    middle = {name: median(turn[name] for turn in turns) for name in sides}
    batch = components.config.training.batch_size
    print(f"backend {chosen.backend}, batch {batch}, {needed / EXAMPLES / 1e6:.2f} million operations an example")
    print(f"matrix product        {2e-9 * SIDE**3 / middle['product']:8.1f} GFLOP a CPU second")
    print(f"exprlearn             {EXAMPLES / middle['exprlearn']:8.0f} examples a CPU second")
    print(f"Keras fit             {EXAMPLES / middle['fit']:8.0f} examples a CPU second")
    print(f"share of the product  {share:8.2f}   (bar {PRODUCT_BAR}: {'met' if share >= PRODUCT_BAR else 'MISSED'})")
    print(f"ahead of fit          {ahead:8.2f} x (bar {FIT_BAR}: {'met' if ahead >= FIT_BAR else 'MISSED'})")
    print(f"first call            {first['exprlearn']:8.1f} CPU s, compilation included; of fit {first['fit']:.1f}")


if __name__ == "__main__":
    main()
