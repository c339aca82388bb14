"""The layers of `keras.layers` without weights that lay arrays out anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from exprlearn.tensors.array_layer import Layer
from exprlearn.tensors.array_ops import reshape_rows


class Concatenate(Layer):
    """Arrays (…, size) joined at their last axis."""

    def call(self, inputs: Any) -> Any:
        """Join several (…, size)."""
        return np.concatenate(inputs, axis=-1)


class Reshape(Layer):
    """Rows in another shape; -1 is what is left of a row, or what is open."""

    def __init__(self, target_shape: Sequence[int], name: str | None = None) -> None:
        super().__init__(name=name)
        self.target_shape = tuple(target_shape)

    def call(self, inputs: Any) -> Any:
        """Write (batch, …) as (batch, *target_shape)."""
        return reshape_rows(inputs, self.target_shape)


class Flatten(Reshape):
    """Rows (batch, …) as (batch, size)."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__((-1,), name=name)


class RepeatVector(Layer):
    """Vectors (batch, size) repeated as steps (batch, n, size)."""

    def __init__(self, n: int, name: str | None = None) -> None:
        super().__init__(name=name)
        self.count = n

    def call(self, inputs: Any) -> Any:
        """Repeat (batch, size)."""
        return np.repeat(inputs[:, None], self.count, axis=1)


class Cropping1D(Layer):
    """Steps (batch, steps, size) without some at the start and the end."""

    def __init__(self, cropping: tuple[int, int], name: str | None = None) -> None:
        super().__init__(name=name)
        self.start, self.end = cropping

    def call(self, inputs: Any) -> Any:
        """Take the steps between of (batch, steps, size)."""
        return inputs[:, self.start : inputs.shape[1] - self.end]
