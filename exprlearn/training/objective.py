"""What a step minimises: the loss of each framing, where padding never counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exprlearn.plugin import Shape
from exprlearn.plugin.kinds.model import Framing


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
