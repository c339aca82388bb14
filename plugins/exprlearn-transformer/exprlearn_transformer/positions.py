"""How tokens know their places: four ways, one entry each in `WAYS`.

A way makes a layer that adds places to tokens, a function that turns queries and keys by places, or neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

LONGEST_WAVE = 10_000.0


@dataclass(frozen=True)
class Way:
    """One way to tell places.

    Attributes:
        added: makes, from width and the number of places, a layer from places (batch, steps) to (batch, steps, width).
        turned: turns queries or keys (batch, steps, heads, size) by their places (batch, steps).
    """

    added: Callable[[int, int], keras.layers.Layer] | None = None
    turned: Callable[[Any, Any], Any] | None = None


class Sinusoidal(keras.layers.Layer):
    """Waves of all lengths, half of them sines (Vaswani et al. 2017)."""

    def __init__(self, width: int, **settings: Any) -> None:
        super().__init__(**settings)
        self.width = width

    def call(self, places: Any) -> Any:
        """Return the waves (batch, steps, width) at places (batch, steps)."""
        angles = angles_at(places, self.width)
        return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)


def rotated(tensor: Any, places: Any) -> Any:
    """Turn pairs of numbers by an angle for each place, so that scores know distances alone (Su et al. 2021)."""
    angles = angles_at(places, tensor.shape[-1])[:, :, None, :]
    sines, cosines = ops.sin(angles), ops.cos(angles)
    one, other = ops.split(tensor, 2, axis=-1)
    return ops.concatenate([one * cosines - other * sines, one * sines + other * cosines], axis=-1)


def angles_at(places: Any, width: int) -> Any:
    """Return an angle for each place (batch, steps) and each of `width // 2` waves, from short to long."""
    lengths = ops.power(LONGEST_WAVE, ops.arange(width // 2, dtype="float32") / (width // 2))
    return ops.cast(places, "float32")[..., None] / lengths


WAYS: dict[str, Way] = {
    "learned": Way(added=lambda width, places: keras.layers.Embedding(places, width)),
    "sinusoidal": Way(added=lambda width, places: Sinusoidal(width)),
    "rotary": Way(turned=rotated),
    "none": Way(),
}
