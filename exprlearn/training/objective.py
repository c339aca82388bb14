"""What a step minimises and how: the loss of each framing, where padding never counts, Adam and its learning rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exprlearn.plugin import Shape
from exprlearn.plugin.kinds.model import Framing

if TYPE_CHECKING:
    import keras


def inputs_of(framing: Framing, shape: Shape, batch: Mapping[str, Any]) -> list[Any]:
    """Return what the model reads; a teacher-forced one also gets the target one step late, behind the start mark."""
    if framing != "teacher-forced":
        return [batch["source"]]
    from keras import ops

    target = batch["target"]
    first = ops.full((ops.shape(target)[0], 1), shape.start, dtype="int32")
    return [batch["source"], ops.concatenate([first, target[:, :-1]], axis=1)]


def loss_of(framing: Framing, shape: Shape, outputs: Any, batch: Mapping[str, Any]) -> Any:
    """Return the scalar loss: cross-entropy over every token that is no padding, or the squared error of a mapping.

    Args:
        framing: the model's framing.
        shape: the model's shape.
        outputs: logits (batch, steps, vocabulary_size), or scaled answers (batch, 1).
        batch: with `target` (batch, steps) int32, or (batch, 1) float32.
    """
    from keras import ops

    target = batch["target"]
    if framing == "mapping":
        return ops.mean(ops.square(outputs - target))
    counts = ops.cast(ops.not_equal(target, shape.pad), outputs.dtype)
    # Picking the target's log probability is a product with one-hot rows: XLA fuses it, a gather it does not.
    chosen = ops.sum(ops.log_softmax(outputs) * ops.one_hot(target, shape.vocabulary_size), axis=-1)
    return -ops.sum(chosen * counts) / ops.sum(counts)


# A thirtieth of the highest rate after half of the training: one long enough to leave hardly a sum of three-digit
# numbers wrong then answers 99 of 100 right as soon as one of half the length.
INVERSE = 26.0


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
