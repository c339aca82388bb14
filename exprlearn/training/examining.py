"""What a model knows after an epoch: held-out expressions, answered as it would answer a user."""

from __future__ import annotations

from dataclasses import dataclass

from exprlearn.dataset import Examples
from exprlearn.decoding.answerer import Answerer
from exprlearn.plugin import Sample
from exprlearn.scoring.metrics import count_right, digit_accuracy

SAMPLES = 5


@dataclass(frozen=True)
class Examination:
    """How a model did on held-out examples.

    Attributes:
        exact_match: the share of right answers.
        digit_accuracy: the share of right characters.
        samples: the first few expressions, each with its answer.
    """

    exact_match: float
    digit_accuracy: float
    samples: list[Sample]


def examine(answerer: Answerer, held_out: Examples) -> Examination:
    """Let a model answer held-out examples."""
    truths = held_out.answers.tolist()
    answers = answerer.answer(held_out.expressions).texts
    shown = zip(held_out.expressions[:SAMPLES].tolist(), answers, truths, strict=False)
    samples = [Sample(*texts) for texts in shown]
    return Examination(count_right(answers, truths) / len(truths), digit_accuracy(answers, truths), samples)
