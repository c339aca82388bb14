"""What a model says to one expression, and questions as people type them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exprlearn.decoding.answerer import Answerer, Answers, Candidate
from exprlearn.decoding.decoder import Decoded
from exprlearn.errors import EncodingError, EvaluationError
from exprlearn.scoring.census import Wrong
from exprlearn.scoring.mistakes import WrongAnswer
from exprlearn.scoring.wrong_steps import OTHERS, WrongStep, wrong_steps
from exprlearn.tables import html_table
from exprlearn.working import WorkingCheck, spaced_lines

if TYPE_CHECKING:
    from exprlearn.runs.run import Run


@dataclass(frozen=True)
class Step:
    """One step of an answer: the token written, `<end>` at the end mark, and the next most probable ones."""

    chosen: str
    probability: float
    others: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Prediction:
    """A model's answer to one expression.

    Attributes:
        truth: the exact answer; None when there is none.
        probability: of the answer; None for models that answer with a number.
        steps: how the answer was written, in the order of writing.
        candidates: the most probable answers of a beam, this one first.
        wrong_step: where a wrong answer went wrong; None where that is not known.
        working: all that was written, answer included; blank where that is the answer alone.
        check: how far the working is right; None without one.
    """

    expression: str
    answer: str
    truth: str | None
    probability: float | None
    steps: tuple[Step, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    wrong_step: WrongStep | None = None
    working: str = ""
    check: WorkingCheck | None = None

    @property
    def correct(self) -> bool | None:
        """Tell whether the answer is the truth; None when there is no truth."""
        return None if self.truth is None else self.answer == self.truth

    def document(self) -> dict[str, Any]:
        """Return the row that predictions.jsonl and `--json` hold."""
        row: dict[str, Any] = {
            "expression": self.expression,
            "answer": self.answer,
            "truth": self.truth,
            "correct": self.correct,
            "probability": None if self.probability is None else round(self.probability, 6),
        }
        if self.wrong_step is not None:
            row["wrong_step"] = self.wrong_step.document()
        if self.check is not None:
            row |= {"working": self.working, "right_lines": self.check.right, "lines": self.check.lines}
            row["first_wrong_line"] = self.check.fault and asdict(self.check.fault)
        return row

    def _repr_html_(self) -> str:
        """Show the answer beside the truth in a notebook, and how it was written where that was asked for."""
        sure = None if self.probability is None else f"{self.probability:.3f}"
        mark = {True: "✓", False: "✗", None: ""}[self.correct]
        shown = html_table(
            ("expression", "answer", "", "truth", "probability"),
            [(self.expression, spaced_lines(self.working) or self.answer or "blank", mark, self.truth, sure)],
        )
        if not self.steps:
            return shown
        others = ("  ".join(f"{token} {share:.3f}" for token, share in step.others) for step in self.steps)
        rows = ((step.chosen, f"{step.probability:.3f}", other) for step, other in zip(self.steps, others, strict=True))
        return shown + html_table(("wrote", "probability", "others"), rows)

    def wrong(self, split: str) -> Wrong:
        """Return it as one of the wrong answers of a split."""
        return Wrong(self.expression, self.answer, self.truth or "", split)

    @property
    def wrong_answer(self) -> WrongAnswer:
        """Return it as a wrong answer that can be named."""
        return WrongAnswer(self.expression, self.answer, self.truth or "", self.probability, self.wrong_step)


def make_predictions(
    answerer: Answerer,
    expressions: Sequence[str],
    truths: Sequence[str | None],
    *,
    steps: bool = False,
    beam: int = 1,
    locate: bool = False,
) -> list[Prediction]:
    """Ask the model n expressions whose exact answers are `truths`, None where there is none.

    With `steps` each prediction tells how it was written, with a `beam` what else it might be, with `locate` where it
    went wrong; then every truth must be there and fit the model. An EncodingError names what the vocabulary or the
    widths cannot write, an OptionError a beam that the model cannot have.
    """
    answers = answerer.answer(expressions, beam=beam, steps=steps or locate, lines=True)
    unknown: list[float | None] = [None] * len(expressions)
    probabilities = unknown if answers.probabilities is None else answers.probabilities
    decoded = answers.decoded if steps else None
    others = answers.candidates or [()] * len(expressions)
    located = _wrong_steps(answerer, answers, truths) if locate else [None] * len(expressions)
    shown, checker = answers.written or [""] * len(expressions), answerer.checker
    columns = zip(expressions, answers.texts, truths, probabilities, others, located, shown, strict=True)
    return [
        Prediction(
            expression=expression,
            answer=answer,
            truth=truth,
            probability=probability,
            steps=_steps(answerer, decoded, index) if decoded is not None else (),
            candidates=candidates,
            wrong_step=wrong_step if answer != truth else None,
            working=working,
            check=checker.check(expression, working, truth) if checker is not None and truth is not None else None,
        )
        for index, (expression, answer, truth, probability, candidates, wrong_step, working) in enumerate(columns)
    ]


def _wrong_steps(answerer: Answerer, answers: Answers, truths: Sequence[str | None]) -> list[WrongStep | None]:
    """Tell where each answer went wrong; nothing for models that answer with a number, or show their lines."""
    if answers.decoded is None or answers.written is not None:
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


@dataclass(frozen=True)
class Refused:
    """A question that a model cannot be asked, and what is wrong with it."""

    expression: str
    why: str


def expression_of(question: str) -> str:
    """Return what a question asks for.

    >>> [expression_of(text) for text in ("2+3", "2+3=", "2+3 = ?")]
    ['2+3', '2+3', '2+3']
    """
    text = question.strip()
    asking = text.removesuffix("?").rstrip()
    return asking.removesuffix("=").rstrip() if asking.endswith("=") else text


def asked_of(run: Run, question: str) -> str:
    """Return what a question asks a run: of one that learned other text than expressions the question as it is."""
    is_text = run.pairs is not None and not run.pairs.are_expressions
    return question.strip() if is_text else expression_of(question)


def ask_each(run: Run, questions: Sequence[str], *, steps: bool = False, beam: int = 1) -> list[Prediction | Refused]:
    """Ask a model n questions and return in their order what it says, or why one cannot be asked."""
    expressions = [asked_of(run, question) for question in questions]
    found: dict[int, Prediction | Refused] = {}
    truths: dict[int, str | None] = {}
    for index, expression in enumerate(expressions):
        try:
            truths[index] = run.truth(expression)
        except EvaluationError as error:
            found[index] = Refused(expression, str(error))
    answerer = run.answerer_for(beam * len(truths))
    # They are tried one by one only where they cannot be written together.
    if _refusal(answerer, [expressions[index] for index in truths]):
        refusals = {index: _refusal(answerer, [expressions[index]]) for index in truths}
        found |= {index: Refused(expressions[index], why) for index, why in refusals.items() if why}
    left = [index for index in truths if index not in found]
    if left:
        asked, exact = [expressions[index] for index in left], [truths[index] for index in left]
        found |= zip(left, make_predictions(answerer, asked, exact, steps=steps, beam=beam), strict=True)
    return [found[index] for index in range(len(expressions))]


def _refusal(answerer: Answerer, expressions: Sequence[str]) -> str:
    """Say why expressions cannot be written for the model; blank when they can."""
    try:
        answerer.rows(expressions)
    except EncodingError as error:
        return str(error)
    return ""
