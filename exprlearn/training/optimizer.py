"""The optimizer and its learning-rate schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def make_optimizer(settings: Any, *, steps: int) -> keras.Optimizer:
    """Make Adam with gradients clipped to a global norm and the schedule of the `[training]` section.

    Args:
        settings: the section, with `learning_rate`, `schedule`, `warmup` and `clip`.
        steps: optimizer steps until the last epoch ends, for which the cosine schedule is laid out.
    """
    import keras

    clip = settings.clip or None
    return keras.optimizers.Adam(_schedule(settings, steps), global_clipnorm=clip)


def _schedule(settings: Any, steps: int) -> Any:
    """Rise from zero over the warm-up share, then fall to zero along a cosine; or stay constant."""
    import keras

    if settings.schedule == "constant":
        return settings.learning_rate
    rising = max(1, round(steps * settings.warmup))
    return keras.optimizers.schedules.CosineDecay(
        0.0, max(1, steps - rising), warmup_target=settings.learning_rate, warmup_steps=rising
    )
