"""What answering without thinking scores, so that a model's number can be judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from exprlearn.scoring.metrics import exact_match

FIRST_NUMBER = re.compile(r"[0-9]+")


def most_common_answer(answers: Iterable[str]) -> str:
    """Return the answer that occurs most often, the smallest text among equals; blank without answers.

    >>> most_common_answer(["7", "12", "7", "12", "3"])
    '12'
    """
    counts = Counter(answers)
    return min(counts, key=lambda answer: (-counts[answer], answer), default="")


def first_number(expression: str) -> str:
    """Copy the first number of an expression; blank when it has none.

    >>> first_number("(12+34)*5")
    '12'
    """
    found = FIRST_NUMBER.search(expression)
    return found.group() if found else ""


def baselines(
    expressions: Sequence[str],
    truths: Sequence[str],
    common_answer: str | None = None,
    further: Mapping[str, Callable[[Sequence[str]], Sequence[str]]] | None = None,
) -> dict[str, float]:
    """Score three models that know nothing, and further ones: name → exact match.

    Args:
        expressions: the test expressions.
        truths: their answers.
        common_answer: the most common *training* answer. Without one the most common truth stands in, which no
            constant answer can beat: the baseline is flattered, never the model.
        further: models that know a little, by name: from expressions to answers.

    >>> baselines(["1+1", "2+0", "8-1"], ["2", "2", "7"], common_answer="7")
    {'blank': 0.0, 'most-common-answer': 0.3333333333333333, 'copy-first-number': 0.3333333333333333}
    """
    constant = most_common_answer(truths) if common_answer is None else common_answer
    return {
        "blank": exact_match([""] * len(truths), truths),
        "most-common-answer": exact_match([constant] * len(truths), truths),
        "copy-first-number": exact_match([first_number(expression) for expression in expressions], truths),
        **{name: exact_match(answers(expressions), truths) for name, answers in (further or {}).items()},
    }
