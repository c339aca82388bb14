"""One pass over rows that are already written: what the model would say at each step if it had written them itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from exprlearn.decoding.framing import FramingRules
from exprlearn.plugin import Shape
from exprlearn.tensors import keras, ops

Pass = Callable[[Any, Any], Any]

#: Two logits that lie nearer to each other may change places between two ways to compute them.
TIE = 1e-2


def forced_logits(model: keras.Model, rules: FramingRules, shape: Shape) -> Pass:
    """Return the function from source (n, source_length) and ids (n, target_length) to the logits of every step."""

    def logits(source: Any, ids: Any) -> Any:
        return rules.logits(model, shape, ops.convert_to_tensor(source), ops.convert_to_tensor(ids))

    return logits


def forced_probabilities(model: keras.Model, rules: FramingRules, shape: Shape) -> Pass:
    """Return the function from source and ids to the probabilities of every token at every step."""
    logits = forced_logits(model, rules, shape)

    def probabilities(source: Any, ids: Any) -> Any:
        return ops.softmax(logits(source, ids), axis=-1)

    return probabilities


def forced_margins(model: keras.Model, rules: FramingRules, shape: Shape) -> Pass:
    """Return the function from source and targets to how far each target is ahead at its weakest step (n,).

    The margin of a row is the smallest difference, over its tokens and its end mark, between the logit of the right
    token and the highest other one. It is positive exactly when greedy decoding writes the target. By induction: as
    long as every token written was the right one, the decoder has read the start mark and the target's own tokens, as
    it does here; it then writes the token with the highest logit, and that is the right one exactly when the margin
    of the step is positive. Where a step's margin is negative, the first such step is where decoding goes wrong.

    This holds for greedy decoding of models that give a step's logits from the source and the tokens before it, as
    all framings of tokens promise. It says nothing about a beam, which may find another answer, nor about sampling. Two
    computations of the same logits differ in their last bits, so a margin within `TIE` of 0 decides nothing: decode
    such rows. A wrong row of tokens may still read like the right answer, when padding stands within it.
    """
    logits = forced_logits(model, rules, shape)

    def margins(source: Any, target: Any) -> Any:
        said, target = logits(source, target), ops.convert_to_tensor(target)
        right = ops.equal(target[:, :, None], ops.arange(shape.vocabulary_size))
        ahead = ops.max(ops.where(right, said, -np.inf), axis=-1) - ops.max(ops.where(right, -np.inf, said), axis=-1)
        return ops.min(ops.where(ops.equal(target, shape.pad), np.inf, ahead), axis=1)

    return margins
