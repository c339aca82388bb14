"""The built-in optimizers but `muon`, and the optimizer of a training: clipped gradients, a rate that changes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import Field

from exprlearn.plugin import LearningRate, Optimizer, Options
from exprlearn.training.learning_rates import CosineRate

if TYPE_CHECKING:
    import keras


class AdamOptions(Options):
    """Options of `adam`."""

    beta_1: float = Field(default=0.9, ge=0, lt=1, description="What a step keeps of the mean gradient.")
    beta_2: float = Field(default=0.999, ge=0, lt=1, description="What a step keeps of the mean squared gradient.")
    epsilon: float = Field(
        default=1e-7, gt=0, description="Added to the denominator, so that no gradient is divided by zero."
    )


class AdamWOptions(AdamOptions):
    """Options of `adamw`."""

    weight_decay: float = Field(default=0.004, ge=0, description="Share of a weight, times the rate, lost at a step.")


class SGDOptions(Options):
    """Options of `sgd`."""

    momentum: float = Field(default=0.9, ge=0, le=1, description="What a step keeps of the step before; 0 is none.")
    nesterov: bool = Field(default=False, description="Take the gradient where the momentum leads.")


class KerasOptimizer:
    """An optimizer that Keras brings, by the name of its class; options are its arguments.

    >>> KerasOptimizer("SGD", SGDOptions(momentum=0.5)).build(0.1, 0.1, None).momentum
    0.5
    """

    def __init__(self, name: str, options: Options) -> None:
        self.name, self.options = name, options

    def build(self, learning_rate: Any, highest: float, clip: float | None) -> keras.Optimizer:
        """Return the Keras optimizer."""
        import keras

        made = getattr(keras.optimizers, self.name)
        return made(learning_rate, global_clipnorm=clip, **self.options.model_dump())


def make_optimizer(
    settings: Any,
    *,
    steps: int,
    optimizer: Optimizer | None = None,
    schedule: LearningRate | None = None,
) -> keras.Optimizer:
    """Make the Keras optimizer of the `[training]` section.

    Args:
        settings: the section, with `learning_rate`, `warmup` and `clip`.
        steps: optimizer steps until the last epoch ends, for which the learning rate is laid out.
        optimizer: what it names; Adam by default.
        schedule: the learning rate that it names; along a cosine by default.
    """
    made = optimizer or KerasOptimizer("Adam", AdamOptions())
    highest = float(settings.learning_rate)
    rate = _learning_rate(highest, schedule or CosineRate(), settings.warmup, steps)
    return made.build(rate, highest, settings.clip or None)


def _learning_rate(highest: float, schedule: LearningRate, warmup: float, steps: int) -> Any:
    """Rise from zero over the share `warmup` of the steps, and go on as the schedule says; a plain number stays."""
    rising = max(1, round(steps * warmup))
    rest = max(1, steps - rising)
    first = _traced_factor(schedule, rest)
    if isinstance(first, int | float):
        return highest * first
    return _rising_rate()(highest, schedule, rising, rest)


def _traced_factor(schedule: LearningRate, steps: int) -> Any:
    """Return a plain number or a tensor without a value: to compute it, JAX would compile each of its operations."""
    import keras

    class Factor(keras.Operation):  # type: ignore[misc]
        def call(self, step: Any) -> Any:
            self.found = schedule.factor(step, steps)
            return step

    factor = Factor()
    factor.symbolic_call(keras.KerasTensor((), "float32"))
    return factor.found


@cache
def _rising_rate() -> type[Any]:
    import keras
    from keras import ops

    class RisingRate(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
        def __init__(self, highest: float, schedule: LearningRate, rising: int, rest: int) -> None:
            super().__init__()
            self.highest, self.schedule, self.rising, self.rest = highest, schedule, rising, rest

        def __call__(self, step: Any) -> Any:
            step = ops.cast(step, "float32")
            later = self.schedule.factor(ops.maximum(step - self.rising, 0.0), self.rest)
            return self.highest * ops.where(step < self.rising, step / self.rising, later)

    return RisingRate
