"""Asking a run what another one was tested on, as long as it cannot have learned it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from exprlearn.arithmetic import answer
from exprlearn.dataset import split_of
from exprlearn.errors import DataError
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.run import Run
from exprlearn.runs.starting import load


def answers_to(items: Sequence[tuple[str, str]], folder: Path, plugins: Plugins, backend: str) -> list[str]:
    """Load a run on a backend and return its answers to n pairs of expression and truth.

    Raises:
        RunError: the run is damaged.
        DataError: it may have been trained on one of them, or another answer is right under its division policy.
        EncodingError: it cannot be asked one of them.
    """
    run = load(folder, plugins=plugins, backend=backend)
    expressions = [expression for expression, _ in items]
    _refuse_learned(run, expressions)
    for expression, truth in items:
        right = answer(expression, run.components.division)
        if right != truth:
            raise DataError(f"{expression} is {truth} in the test and {right} for {run.folder.name}: no common test")
    return run.answerer.answer(expressions).texts


def _refuse_learned(run: Run, expressions: Sequence[str]) -> None:
    """Refuse what the run may have been trained on."""
    data, name = run.config.data, run.folder.name
    if data.split != "content":
        raise DataError(
            f"{name} was split by position, so it may have learned another run's test: compare what is kept"
        )
    learned = [text for text in expressions if split_of(text, data.level) == "train"]
    if learned:
        raise DataError(
            f"{name} may have been trained on {len(learned)} of the {len(expressions)} expressions, such as "
            f"{learned[0]}: compare runs of one data.level"
        )
