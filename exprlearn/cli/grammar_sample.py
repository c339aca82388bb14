"""`exprlearn grammar sample`: expressions of a grammar, drawn, with their exact answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exprlearn.arithmetic import answer
from exprlearn.arithmetic.operators import Operators
from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, print_line
from exprlearn.cli.settings import read_settings
from exprlearn.config import Components
from exprlearn.counts import count_text
from exprlearn.dataset import load_space, split_of
from exprlearn.errors import EvaluationError
from exprlearn.sampling.distinct import draw_distinct
from exprlearn.sampling.stream import Stream


def sample(options: CommandOptions) -> None:
    """Draw expressions with their exact answers."""
    components = read_settings(options, "grammar sample").components
    for row in sampled_rows(components, options.count):
        if options.json:
            print_line(row)
        elif row["answer"] is None:
            echo(f"{row['expression']} has no answer under {components.config.division.policy}")
        else:
            echo(f"{row['expression']} = {row['answer']}")


def sampled_rows(components: Components, count: int) -> Iterator[dict[str, Any]]:
    """Draw `count` expressions, without repeats while the space lasts; an answer that does not exist is None."""
    config = components.config
    space = load_space(config.grammar, components)
    stream = Stream(space, config.seed, purpose="sample")
    for expression, index in draw_distinct(stream, count):
        yield {
            "expression": expression,
            "answer": _answer(expression, components, space.calculated_by),
            "index": count_text(index),
            "sizes": space.locate(index)[0].sizes.as_dict(),
            "split": split_of(expression, config.data.level, operators=space.calculated_by),
        }


def _answer(expression: str, components: Components, operators: Operators) -> str | None:
    try:
        return answer(expression, components.division, operators=operators)
    except EvaluationError:
        return None
