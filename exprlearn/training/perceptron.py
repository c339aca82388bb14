"""A small perceptron, learned in numpy: compiling a network of two thousand weights takes ten times as long.

The steps are those of a Keras training with `adam`: batches drawn at random, gradients clipped to a norm, a rate that
rises and falls along a cosine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from exprlearn.scoring.baselines import Activation

Rows = NDArray[np.float32]
Layer = tuple[Rows, Rows]

# The second entry of a seed: what the random numbers are for.
ORDER, WEIGHTS = 2, 9
STEPS, BATCH = 1000, 64
RATE, WARMUP, CLIP = 1e-2, 0.05, 1.0
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7


def fit_perceptron(rows: Rows, targets: Rows, hidden: Sequence[int], activation: Activation, seed: int) -> list[Layer]:
    """Fit dense layers to the squared error.

    Args:
        rows: what is read, (n, inputs) float32.
        targets: what is to be told of each, (n, 1) float32.
        hidden: the units of each hidden layer.
        activation: between layers.
        seed: decides first weights and batches.

    Returns:
        Of each layer its kernel (inputs, outputs) float32 and its bias (outputs,) float32.

    >>> rows = np.arange(20, dtype=np.float32).reshape(10, 2) / 20
    >>> (kernel, bias), = fit_perceptron(rows, rows.sum(axis=1, keepdims=True), [], "linear", seed=0)
    >>> bool(np.allclose(rows @ kernel + bias, rows.sum(axis=1, keepdims=True), atol=1e-3))
    True
    """
    sizes = (rows.shape[1], *hidden, 1)
    # All weights stand in one vector, which a step changes at once; layers are views of it.
    weights, gradients, mean, square = np.zeros(
        (4, sum(inputs * units + units for inputs, units in pairwise(sizes))), "f"
    )
    layers, slopes = _views(weights, sizes), _views(gradients, sizes)
    _draw(layers, seed)
    order = np.random.default_rng([seed, ORDER, 0]).integers(0, len(rows), (STEPS, BATCH), np.int32)
    for step, batch in enumerate(order):
        _find_gradients(layers, slopes, rows[batch], targets[batch], activation)
        gradients *= CLIP / max(CLIP, math.sqrt(gradients @ gradients))
        mean += (1 - BETA_1) * (gradients - mean)
        square += (1 - BETA_2) * (gradients * gradients - square)
        correction = math.sqrt(1 - BETA_2 ** (step + 1)) / (1 - BETA_1 ** (step + 1))
        weights -= np.float32(_rate(step) * correction) * mean / (np.sqrt(square) + np.float32(EPSILON))
    return layers


def _views(vector: Rows, sizes: Sequence[int]) -> list[Layer]:
    """Cut a vector into kernels and biases."""
    layers, start = [], 0
    for inputs, units in pairwise(sizes):
        middle, end = start + inputs * units, start + inputs * units + units
        layers.append((vector[start:middle].reshape(inputs, units), vector[middle:end]))
        start = end
    return layers


def _draw(layers: Sequence[Layer], seed: int) -> None:
    """Draw kernels between bounds that keep what flows through as large (Glorot & Bengio, 2010)."""
    random = np.random.default_rng([seed, WEIGHTS, 0])
    for kernel, _ in layers:
        bound = math.sqrt(6 / sum(kernel.shape))
        kernel[:] = random.uniform(-bound, bound, kernel.shape)


def _find_gradients(
    layers: Sequence[Layer], slopes: Sequence[Layer], rows: Rows, targets: Rows, activation: Activation
) -> None:
    """Write into `slopes` how the mean squared error of a batch changes with each weight."""
    read = [rows]
    for kernel, bias in layers:
        told = read[-1] @ kernel + bias
        read.append(np.maximum(told, 0) if activation == "relu" else told)
    # The last layer has no activation.
    back = (told - targets) * np.float32(2 / len(rows))
    for number in reversed(range(len(layers))):
        np.matmul(read[number].T, back, out=slopes[number][0])
        back.sum(axis=0, out=slopes[number][1])
        if number:
            back = back @ layers[number][0].T
            if activation == "relu":
                back *= read[number] > 0


def _rate(step: int) -> float:
    """Return the rate of a step.

    >>> [round(_rate(step), 4) for step in (0, 25, 50, 525, 999)]
    [0.0, 0.005, 0.01, 0.005, 0.0]
    """
    rising = STEPS * WARMUP
    if step < rising:
        return RATE * step / rising
    return RATE * (1 + math.cos(math.pi * (step - rising) / (STEPS - rising))) / 2
