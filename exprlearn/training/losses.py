"""The built-in losses: the one that a framing has by itself, and cross-entropy with soft labels and weighted tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from exprlearn.models.token_positions import begins_segment, count_since
from exprlearn.plugin import LossContext, Options


class DefaultLoss:
    """The loss that a framing has by itself."""

    def compute(self, outputs: Any, batch: Mapping[str, Any], context: LossContext) -> Any:
        """Return the mean cross-entropy of the tokens, or the squared error of numbers."""
        return context.default(outputs, batch)


class CrossEntropyOptions(Options):
    """Options of `cross-entropy`."""

    label_smoothing: float = Field(
        default=0.0, ge=0, lt=1, description="Share of the wanted probability that all tokens have alike."
    )
    position_weights: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        default=(),
        max_length=1000,
        description="Weights of the first tokens of an answer, as written; the last holds for all that follow.",
    )


class CrossEntropy:
    """Mean cross-entropy of every token but padding; without options it has the bits of the default."""

    def __init__(self, options: CrossEntropyOptions) -> None:
        self.options = options

    def compute(self, outputs: Any, batch: Mapping[str, Any], context: LossContext) -> Any:
        """Return the weighted mean of what each token costs."""
        from keras import ops

        smoothing, size = self.options.label_smoothing, context.shape.vocabulary_size
        if not smoothing and not self.options.position_weights:
            return context.default(outputs, batch)
        weights = ops.cast(self.weights(batch, context.shape.pad), outputs.dtype)
        wanted = ops.one_hot(batch["target"], size) * (1.0 - smoothing) + smoothing / size
        costs = -ops.sum(ops.log_softmax(outputs) * wanted, axis=-1)
        return ops.sum(costs * weights) / ops.sum(weights)

    def weights(self, batch: Mapping[str, Any], pad: int) -> Any:
        """Return how much each token of a batch counts (batch, steps) float32; padding counts nothing.

        >>> import numpy as np
        >>> from exprlearn.backend.keras_import import array_of
        >>> loss = CrossEntropy(CrossEntropyOptions(position_weights=(3.0, 2.0, 1.0)))
        >>> target = np.array([[7, 7, 7, 7, 0]], np.int32)
        >>> array_of(loss.weights({"target": target}, pad=0)).tolist()
        [[3.0, 2.0, 1.0, 1.0, 0.0]]
        """
        from keras import ops

        is_token = ops.not_equal(batch["target"], pad)
        if not self.options.position_weights:
            return ops.cast(is_token, "float32")
        segments = batch.get("segments", ops.ones_like(batch["target"]))
        # The first token of an answer is number 1.
        number = count_since(begins_segment(segments), is_token)
        table = self.options.position_weights
        place = ops.clip(number - 1, 0, len(table) - 1)
        weights = ops.one_hot(place, len(table)) * ops.convert_to_tensor(table, dtype="float32")
        return ops.sum(weights, axis=-1) * ops.cast(is_token, "float32")
