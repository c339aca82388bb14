"""Questions as people type them: the sign that asks is dropped, and one that has no answer leaves the others theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exprlearn.arithmetic import answer
from exprlearn.errors import EncodingError, EvaluationError
from exprlearn.runs.prediction import Prediction, predictions_of

if TYPE_CHECKING:
    from exprlearn.runs.run import Run


@dataclass(frozen=True)
class Refused:
    """A question that a model cannot be asked.

    Attributes:
        expression: the question.
        why: what is wrong with it.
    """

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


def ask_each(run: Run, questions: Sequence[str], *, steps: bool = False, beam: int = 1) -> list[Prediction | Refused]:
    """Ask a model n questions and return in their order what it says, or why one cannot be asked.

    Raises:
        OptionError: a beam that the model cannot have.
    """
    told: dict[int, Prediction | Refused] = {}
    asked: dict[int, tuple[str, str]] = {}
    for place, expression in enumerate(map(expression_of, questions)):
        try:
            asked[place] = expression, answer(expression, run.components.division)
        except EvaluationError as error:
            told[place] = Refused(expression, str(error))
    told |= _unwritten(run, {place: expression for place, (expression, _) in asked.items()})
    left = [place for place in asked if place not in told]
    if left:
        expressions, truths = zip(*(asked[place] for place in left), strict=True)
        said = predictions_of(run.answerer, expressions, truths, steps=steps, beam=beam)
        told |= dict(zip(left, said, strict=True))
    return [told[place] for place in sorted(told)]


def _unwritten(run: Run, expressions: Mapping[int, str]) -> dict[int, Refused]:
    """Say of each expression that cannot be written for the model why; they are tried one by one when one cannot."""
    found = {}
    for place, expression in expressions.items() if not _is_written(run, list(expressions.values())) else ():
        try:
            run.answerer.rows([expression])
        except EncodingError as error:
            found[place] = Refused(expression, str(error))
    return found


def _is_written(run: Run, expressions: Sequence[str]) -> bool:
    try:
        run.answerer.rows(expressions)
    except EncodingError:
        return False
    return True
