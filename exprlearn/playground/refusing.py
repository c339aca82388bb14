"""What the page says when it cannot do what was asked: in words for pupils, with exprlearn's own words behind them."""

from __future__ import annotations

from exprlearn.errors import (
    DivisionByZero,
    EncodingError,
    EvaluationError,
    ExpressionSyntaxError,
    ExpressionTooLarge,
    NotAnInteger,
)
from exprlearn.playground.asking import MOST_CHARACTERS

QUESTIONS: dict[type[Exception], str] = {
    DivisionByZero: "Nothing can be divided by zero.",
    NotAnInteger: "The exact answer is no whole number, and this run answers with whole numbers alone.",
    ExpressionTooLarge: f"That is too long or too large: a question here has at most {MOST_CHARACTERS} characters.",
    EvaluationError: "That has no exact answer.",
    EncodingError: "This run cannot read that: it is too long, or holds a sign or a number that it has not learned.",
}


def refusal(error: Exception, name: str, doing: str) -> dict[str, str]:
    """Say why a question or a run is refused.

    Args:
        error: what came in its place.
        name: the run.
        doing: what was to be done with it, such as "shown".

    Returns:
        The sentence, and for a run whose folder is at fault what exprlearn says of it.

    >>> refusal(DivisionByZero("'1/0' divides by zero"), "mixed-1", "asked")
    {'error': 'Nothing can be divided by zero.'}
    """
    if isinstance(error, ExpressionSyntaxError):
        return {"error": f"“{error.expression}” is no calculation. Write numbers, + - * / and round brackets."}
    for kind, sentence in QUESTIONS.items():
        if isinstance(error, kind):
            return {"error": sentence}
    sentence = f"The run {name} cannot be {doing}: a file of it is missing or damaged, or is not there yet."
    return {"error": sentence, "detail": str(error)}


def missing(name: str) -> dict[str, str]:
    """Say that a run is not there.

    >>> missing("mixed-1")
    {'error': 'There is no run mixed-1 here, or no more.'}
    """
    return {"error": f"There is no run {name[:80]} here, or no more."}
