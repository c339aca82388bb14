from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exprlearn.config import GrammarSection
from exprlearn.dataset import split_of
from exprlearn.errors import DataError
from exprlearn.runs.other_test import evaluate_on
from exprlearn.runs.run import Run

from .test_generalisation import made


def asking(run: Run, **grammar: Any) -> Any:
    """Return the components of a run with another grammar."""
    section = GrammarSection.model_validate(grammar)
    return replace(run.components, config=run.config.model_copy(update={"grammar": section}))


def test_longer_expressions_that_training_cannot_have_drawn_are_asked_and_scored(keras: Any, tmp_path: Any) -> None:
    run = made(keras, tmp_path, "repeat-vector")
    evaluated = evaluate_on(run, asking(run, name="addition", range="10..99"), 12)
    asked = [row.expression for row in evaluated.predictions]
    assert (len(asked), evaluated.left_out, evaluated.scores.exact_match.count) == (12, 0, 12)
    assert {split_of(text, run.config.data.level) for text in asked} == {"test"}
    assert all(len(text) == 5 for text in asked)
    assert "mapping-mlp" in evaluated.scores.omitted


@pytest.mark.parametrize("model", ["rewriter", "causal-transformer"])
def test_what_a_line_of_the_training_may_have_shown_is_left_out(keras: Any, tmp_path: Any, model: str) -> None:
    working = {} if model == "rewriter" else {"working": {"name": "expressions"}}
    run = made(keras, tmp_path, model, **working)
    evaluated = evaluate_on(run, asking(run, name="addition", range="0..19"), 20)
    assert evaluated.left_out + len(evaluated.predictions) == 20
    assert evaluated.left_out > 5
    assert all(int(number) <= 9 for row in evaluated.predictions for number in row.expression.split("+"))
    with pytest.raises(DataError, match="may have shown every expression of this test"):
        evaluate_on(run, asking(run, name="addition", range="10..99"), 5)


def test_runs_that_cannot_be_asked_say_why(keras: Any, tmp_path: Any) -> None:
    run = made(keras, tmp_path, "repeat-vector")
    with pytest.raises(DataError, match="cannot be asked subtraction: it has no symbol for -"):
        evaluate_on(run, asking(run, name="subtraction"), 5)
    by_position = made(keras, tmp_path, "repeat-vector", data={"split": "position", "validation": 5, "test": 5})
    with pytest.raises(DataError, match="split by position, so it may have learned"):
        evaluate_on(by_position, asking(run, name="addition"), 5)
