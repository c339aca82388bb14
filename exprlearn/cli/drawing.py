"""Expressions drawn from a grammar, as rows of a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exprlearn.config import Components


def drawn(components: Components, count: int) -> Iterator[dict[str, Any]]:
    """Draw `count` expressions, without repeats while the space lasts; an answer that does not exist is None.

    Raises:
        GrammarError: the grammar cannot be read, compiled or sized.
    """
    from exprlearn.dataset.drawing.split import split_of
    from exprlearn.grammar.languages import count_text
    from exprlearn.runs.preparation import load_space
    from exprlearn.sampling.drawing import draw_different
    from exprlearn.sampling.stream import Stream

    config = components.config
    space = load_space(config.grammar, components)
    stream = Stream(space, config.seed, purpose="sample")
    for expression, index in draw_different(stream, count):
        yield {
            "expression": expression,
            "answer": _answer(expression, components),
            "index": count_text(index),
            "sizes": space.locate(index)[0].sizes.as_dict(),
            "split": split_of(expression, config.data.level),
        }


def _answer(expression: str, components: Components) -> str | None:
    from exprlearn.arithmetic import answer
    from exprlearn.errors import EvaluationError

    try:
        return answer(expression, components.division)
    except EvaluationError:
        return None
