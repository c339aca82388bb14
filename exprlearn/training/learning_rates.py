"""The built-in learning rates: factors from 1 down to what is left at the end, in the course of a training."""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field

from exprlearn.plugin import Options

# A thirtieth of the highest rate after half of the training: one long enough to leave hardly a sum of three-digit
# numbers wrong then answers 99 of 100 right as soon as one of half the length.
INVERSE = 26.0


class ConstantRate:
    """Stays at the highest rate from the first step on."""

    def factor(self, step: Any, steps: int) -> float:
        """Return a plain number, which no rate rises to."""
        return 1.0


class CosineRate:
    """Falls to zero along a cosine."""

    def factor(self, step: Any, steps: int) -> Any:
        """Return the height of the first half of a wave."""
        from keras import ops

        return 0.5 * (1.0 + ops.cos(math.pi * (ops.minimum(step, steps) / steps)))


class InverseRate:
    """Falls as the inverse of time and along a line to zero: high for a short while, small for most of the training."""

    def factor(self, step: Any, steps: int) -> Any:
        """Return what is left of the line, over what has passed of the time."""
        from keras import ops

        gone = ops.clip(step / steps, 0.0, 1.0)
        return (1.0 - gone) / (1.0 + INVERSE * gone)


class TrapezoidOptions(Options):
    """Options of `trapezoid`."""

    flat: float = Field(default=0.4, ge=0, lt=1, description="Share of the steps at the highest rate.")
    final: float = Field(default=0.02, ge=0, le=1, description="Rate at the end, as a share of the highest.")


class TrapezoidRate:
    """Stays at the highest rate for a while, then falls along a line."""

    def __init__(self, options: TrapezoidOptions) -> None:
        self.options = options

    def factor(self, step: Any, steps: int) -> Any:
        """Return 1 for the flat share, then what the line from 1 to the final share says."""
        from keras import ops

        flat, final = self.options.flat, self.options.final
        falling = ops.clip((step / steps - flat) / (1.0 - flat), 0.0, 1.0)
        return 1.0 - (1.0 - final) * falling
