"""From a config to a space, its splits and the encoder: what training and judging share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from operator import or_

import numpy as np

from exprlearn.config import Components
from exprlearn.curriculum.stage_data import Lesson
from exprlearn.dataset import Splits, load_space, load_splits, longest_answer
from exprlearn.decoding.answerer import numbers
from exprlearn.encoding import Alphabet, Encoder, alphabet_of
from exprlearn.errors import TrainingError
from exprlearn.sampling import ExpressionSpace

__all__ = ["LOOKED_AT", "answer_statistics", "load_space", "load_splits", "make_encoder"]

# Training examples that are looked at before training: for the most common answer and the scale of mapping models.
LOOKED_AT = 8192


def make_encoder(space: ExpressionSpace, components: Components, lessons: Sequence[Lesson] = ()) -> Encoder:
    """Make the encoder for every expression of a space, or of a stage, and every answer it can have."""
    config = components.config
    return Encoder(
        reduce(or_, (_alphabet(lesson.space, lesson.components) for lesson in lessons), _alphabet(space, components)),
        tokenizer=components.tokenizer,
        padding=components.padding,
        reversal=components.reversal,
        inputs=config.encoding.inputs,
        names={"tokenizer": config.tokenizer, "padding": config.padding, "reversal": config.reversal},
    )


def _alphabet(space: ExpressionSpace, components: Components) -> Alphabet:
    longest = longest_answer(space, components.division, components.constraints)
    return alphabet_of(space, components.division, longest)


def answer_statistics(splits: Splits, framing: str) -> tuple[str, float]:
    """Return the most common answer of the first training examples, and the largest, which mapping models call 1.

    Raises:
        TrainingError: there are no training examples.
    """
    examples, _ = splits.train.take(LOOKED_AT, start=0)
    if not len(examples):
        raise TrainingError("the training split is empty: choose larger sizes or fewer constraints")
    common = Counter(examples.answers.tolist()).most_common(1)[0][0]
    scale = float(np.abs(numbers(examples.answers)).max()) if framing == "mapping" else 1.0
    return common, max(scale, 1.0)
