"""What a model says to one expression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from exprlearn.scoring.answering import Answerer, Candidate
from exprlearn.scoring.census import Wrong
from exprlearn.scoring.decode import Decoded

OTHERS = 3


@dataclass(frozen=True)
class Step:
    """One step of an answer.

    Attributes:
        chosen: the token written; blank at the end mark.
        probability: of that token.
        others: the next most probable tokens with their probabilities.
    """

    chosen: str
    probability: float
    others: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Prediction:
    """A model's answer to one expression.

    Attributes:
        expression: the question.
        answer: what the model wrote.
        truth: the exact answer; None when there is none.
        probability: of the answer; None for models that answer with a number.
        steps: how the answer was written, in the order of writing.
        candidates: the most probable answers of a beam, this one first.
    """

    expression: str
    answer: str
    truth: str | None
    probability: float | None
    steps: tuple[Step, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def correct(self) -> bool | None:
        """Tell whether the answer is the truth; None when there is no truth."""
        return None if self.truth is None else self.answer == self.truth

    def document(self) -> dict[str, Any]:
        """Return the row that predictions.jsonl and `--json` hold."""
        return {
            "expression": self.expression,
            "answer": self.answer,
            "truth": self.truth,
            "correct": self.correct,
            "probability": None if self.probability is None else round(self.probability, 6),
        }

    def wrong(self, split: str) -> Wrong:
        """Return it as one of the wrong answers of a split."""
        return Wrong(self.expression, self.answer, self.truth or "", split)


def predictions_of(
    answerer: Answerer,
    expressions: Sequence[str],
    truths: Sequence[str | None],
    *,
    steps: bool = False,
    beam: int = 1,
) -> list[Prediction]:
    """Ask the model; with `steps` each prediction tells how it was written, with a `beam` what else it might be.

    Raises:
        EncodingError: an expression that the vocabulary or the widths cannot write.
        OptionError: a beam that the model cannot have.
    """
    answers = answerer.answer(expressions, beam=beam, steps=steps)
    unknown: list[float | None] = [None] * len(expressions)
    probabilities = unknown if answers.probabilities is None else answers.probabilities
    told = answers.decoded if steps else None
    others = answers.candidates or [()] * len(expressions)
    columns = zip(expressions, answers.texts, truths, probabilities, others, strict=True)
    return [
        Prediction(
            expression=expression,
            answer=answer,
            truth=truth,
            probability=probability,
            steps=_steps(answerer, told, index) if told is not None else (),
            candidates=candidates,
        )
        for index, (expression, answer, truth, probability, candidates) in enumerate(columns)
    ]


def _steps(answerer: Answerer, decoded: Decoded, index: int) -> tuple[Step, ...]:
    vocabulary, end = answerer.encoder.vocabulary, answerer.decoder.shape.end
    found = []
    for chosen, row in zip(decoded.ids[index].tolist(), decoded.probabilities[index], strict=True):
        best = [token for token in np.argsort(-row, kind="stable").tolist() if token != chosen][:OTHERS]
        others = tuple((vocabulary.symbol(token), float(row[token])) for token in best)
        found.append(Step(vocabulary.symbol(chosen), float(row[chosen]), others))
        if chosen == end:
            break
    return tuple(found)
