"""What a model says to one expression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from exprlearn.decoding.answerer import Answerer, Answers, Candidate
from exprlearn.decoding.decoder import Decoded
from exprlearn.scoring.census import Wrong
from exprlearn.scoring.mistakes import WrongAnswer
from exprlearn.scoring.wrong_steps import OTHERS, WrongStep, wrong_steps
from exprlearn.tables import html_table


@dataclass(frozen=True)
class Step:
    """One step of an answer.

    Attributes:
        chosen: the token written; `<end>` at the end mark.
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
        wrong_step: where a wrong answer went wrong; None where that is not known.
    """

    expression: str
    answer: str
    truth: str | None
    probability: float | None
    steps: tuple[Step, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    wrong_step: WrongStep | None = None

    @property
    def correct(self) -> bool | None:
        """Tell whether the answer is the truth; None when there is no truth."""
        return None if self.truth is None else self.answer == self.truth

    def document(self) -> dict[str, Any]:
        """Return the row that predictions.jsonl and `--json` hold."""
        row = {
            "expression": self.expression,
            "answer": self.answer,
            "truth": self.truth,
            "correct": self.correct,
            "probability": None if self.probability is None else round(self.probability, 6),
        }
        return row if self.wrong_step is None else {**row, "wrong_step": self.wrong_step.document()}

    def _repr_html_(self) -> str:
        """Show the answer beside the truth in a notebook, and how it was written where that was asked for."""
        sure = None if self.probability is None else f"{self.probability:.3f}"
        mark = {True: "✓", False: "✗", None: ""}[self.correct]
        shown = html_table(
            ("expression", "answer", "", "truth", "probability"),
            [(self.expression, self.answer or "blank", mark, self.truth, sure)],
        )
        if not self.steps:
            return shown
        others = ("  ".join(f"{token} {share:.3f}" for token, share in step.others) for step in self.steps)
        told = ((step.chosen, f"{step.probability:.3f}", other) for step, other in zip(self.steps, others, strict=True))
        return shown + html_table(("wrote", "probability", "others"), told)

    def wrong(self, split: str) -> Wrong:
        """Return it as one of the wrong answers of a split."""
        return Wrong(self.expression, self.answer, self.truth or "", split)

    @property
    def wrong_answer(self) -> WrongAnswer:
        """Return it as a wrong answer that can be named."""
        return WrongAnswer(self.expression, self.answer, self.truth or "", self.probability, self.wrong_step)


def predictions_of(
    answerer: Answerer,
    expressions: Sequence[str],
    truths: Sequence[str | None],
    *,
    steps: bool = False,
    beam: int = 1,
    locate: bool = False,
) -> list[Prediction]:
    """Ask the model; with `steps` each prediction tells how it was written, with a `beam` what else it might be.

    Args:
        answerer: asks the model.
        expressions: n questions.
        truths: their answers, None where there is none.
        steps: whether each prediction tells how it was written.
        beam: beginnings of an answer that are kept from step to step.
        locate: whether wrong answers tell at which step they went wrong; every truth must be there and fit the model.

    Raises:
        EncodingError: an expression that the vocabulary or the widths cannot write, or such a truth to `locate`.
        OptionError: a beam that the model cannot have.
    """
    answers = answerer.answer(expressions, beam=beam, steps=steps or locate)
    unknown: list[float | None] = [None] * len(expressions)
    probabilities = unknown if answers.probabilities is None else answers.probabilities
    told = answers.decoded if steps else None
    others = answers.candidates or [()] * len(expressions)
    places = _wrong_steps(answerer, answers, truths) if locate else [None] * len(expressions)
    columns = zip(expressions, answers.texts, truths, probabilities, others, places, strict=True)
    return [
        Prediction(
            expression=expression,
            answer=answer,
            truth=truth,
            probability=probability,
            steps=_steps(answerer, told, index) if told is not None else (),
            candidates=candidates,
            wrong_step=place if answer != truth else None,
        )
        for index, (expression, answer, truth, probability, candidates, place) in enumerate(columns)
    ]


def _wrong_steps(answerer: Answerer, answers: Answers, truths: Sequence[str | None]) -> list[WrongStep | None]:
    """Tell where each answer went wrong; nothing for models that answer with a number."""
    if answers.decoded is None:
        return [None] * len(truths)
    encoder, decoded = answerer.encoder, answers.decoded
    targets = encoder.targets([truth or "" for truth in truths])
    end = answerer.decoder.shape.end
    return wrong_steps(decoded.ids, decoded.probabilities, targets, end, encoder.vocabulary.symbol)


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
