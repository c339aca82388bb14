"""How near training comes to what the machine multiplies, and how far ahead of Keras's `fit` it is.

    python benchmarks/step_roofline.py [--backend tensorflow|jax] [--batch 64] [--examples 32768]

Three things are timed in one process, in CPU seconds, after their first call: a large float32 matrix product,
exprlearn's compiled steps and Keras's `fit` on the same layers, batch size and arrays. Only multiplications that the
model cannot do without are counted: those of its LSTM, attention and dense layers, once forward and twice backward.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from exprlearn.config import RunConfig, resolve
from exprlearn.models.seq2seq import Seq2SeqOptions
from exprlearn.plugin import Shape
from exprlearn.plugin.manager import Plugins
from exprlearn.training.backend import load_keras
from exprlearn.training.loss import inputs_of, loss_of
from exprlearn.training.optimizer import make_optimizer
from exprlearn.training.preparation import load_space, load_splits, make_encoder
from exprlearn.training.steps import Steps

Rows = np.ndarray


def seconds(function: Callable[[], object], repeats: int) -> float:
    """Return the CPU seconds of the fastest call."""
    taken = []
    for _ in range(repeats):
        before = time.process_time()
        function()
        taken.append(time.process_time() - before)
    return min(taken)


def multiply_rate() -> float:
    """Return the floating-point operations a CPU second of a large matrix product."""
    size = 1536
    left = np.random.default_rng(0).normal(size=(size, size)).astype(np.float32)
    return 2 * size**3 / seconds(lambda: left @ left, 8)


def necessary_operations(shape: Shape, options: Seq2SeqOptions) -> int:
    """Count the operations that one example needs, forward and backward."""
    units, width, reads, writes = options.units, options.embedding, shape.source_length, shape.target_length
    half = units // 2
    encoder = 2 * reads * 2 * 4 * half * (width + half)
    decoder = writes * 2 * 4 * units * (width + units)
    attention = reads * 2 * units * units + 2 * (2 * reads * writes * units) + writes * 2 * 2 * units * units
    return 3 * (encoder + decoder + attention + writes * 2 * units * shape.vocabulary_size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax"))
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--examples", type=int, default=32768)
    chosen = parser.parse_args()
    rate = multiply_rate()
    keras = load_keras(chosen.backend)
    components = resolve(RunConfig(), Plugins(only=()))
    splits = load_splits(load_space(components.config.grammar, components), components)
    encoder = make_encoder(load_space(components.config.grammar, components), components)
    examples, _ = splits.train.take(chosen.examples)
    shape, options = encoder.shape, Seq2SeqOptions()
    arrays = {"source": encoder.sources(examples.expressions), "target": encoder.targets(examples.answers)}
    order = np.arange(chosen.examples, dtype=np.int32).reshape(-1, chosen.batch)
    settings = components.config.training

    model = components.model.build(shape, options)
    steps = Steps(
        model,
        make_optimizer(settings, steps=10 * len(order)),
        lambda batch: inputs_of("teacher-forced", shape, batch),
        lambda outputs, batch: loss_of("teacher-forced", shape, outputs, batch),
    )
    begun = time.monotonic()
    steps.run(arrays, order)
    first = time.monotonic() - begun
    ours = chosen.examples / seconds(lambda: steps.run(arrays, order), 3)

    fitted = components.model.build(shape, options)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=shape.pad)
    fitted.compile(make_optimizer(settings, steps=10 * len(order)), loss)
    previous = np.concatenate([np.full((chosen.examples, 1), shape.start, np.int32), arrays["target"][:, :-1]], axis=1)

    def fit() -> None:
        fitted.fit([arrays["source"], previous], arrays["target"], batch_size=chosen.batch, shuffle=False, verbose=0)

    fit()
    keras_fit = chosen.examples / seconds(fit, 2)

    needed = necessary_operations(shape, options)
    print(f"backend {chosen.backend}, batch {chosen.batch}, {needed / 1e6:.2f} million operations an example")
    print(f"matrix product        {rate / 1e9:8.1f} GFLOP a CPU second")
    print(f"exprlearn             {ours:8.0f} examples a CPU second, {ours * needed / 1e9:.1f} GFLOP a CPU second")
    print(f"Keras fit             {keras_fit:8.0f} examples a CPU second")
    print(f"share of the product  {ours * needed / rate:8.2f}   (bar 0.45)")
    print(f"ahead of fit          {ours / keras_fit:8.2f} x (bar 1.8)")
    print(f"first call            {first:8.1f} s, compilation included")


if __name__ == "__main__":
    main()
