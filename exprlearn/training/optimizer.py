"""The optimizer and its learning-rate schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# A thirtieth of the highest rate after half of the training: one long enough to leave hardly a sum of three-digit
# numbers wrong then answers 99 of 100 right as soon as one of half the length.
INVERSE = 26.0

if TYPE_CHECKING:
    import keras


def make_optimizer(settings: Any, *, steps: int) -> keras.Optimizer:
    """Make Adam with gradients clipped to a global norm and the schedule of the `[training]` section.

    Args:
        settings: the section, with `learning_rate`, `schedule`, `warmup` and `clip`.
        steps: optimizer steps until the last epoch ends, for which the schedule is laid out.
    """
    import keras

    clip = settings.clip or None
    return keras.optimizers.Adam(_schedule(settings, steps), global_clipnorm=clip)


def _schedule(settings: Any, steps: int) -> Any:
    """Rise from zero over the warm-up share, then fall to zero, along a cosine or as the inverse of time; or stay."""
    import keras

    if settings.schedule == "constant":
        return settings.learning_rate
    rising = max(1, round(steps * settings.warmup))
    if settings.schedule == "inverse":
        return _inverse(settings.learning_rate, rising, steps)
    return keras.optimizers.schedules.CosineDecay(
        0.0, max(1, steps - rising), warmup_target=settings.learning_rate, warmup_steps=rising
    )


def _inverse(highest: float, rising: int, steps: int) -> Any:
    """Fall as the inverse of time, and along a line to zero: high for a short while, small for most of the training."""
    import keras
    from keras import ops

    class Inverse(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
        def __call__(self, step: Any) -> Any:
            step = ops.cast(step, "float32")
            gone = ops.clip((step - rising) / max(1, steps - rising), 0.0, 1.0)
            return highest * ops.where(step < rising, step / rising, (1.0 - gone) / (1.0 + INVERSE * gone))

    return Inverse()
