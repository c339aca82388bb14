"""Asking a run the test of another grammar, or of another part of its own, such as longer expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exprlearn.config import Components
from exprlearn.dataset import Examples, load_space, load_splits
from exprlearn.dataset.held_out_lines import SpaceForms, may_be_shown
from exprlearn.decoding.answerer import Answerer
from exprlearn.errors import DataError
from exprlearn.runs.preparation import read_stages
from exprlearn.runs.resizing import fits, leave_room, resize, widen, written
from exprlearn.runs.run_evaluation import BASELINE_MODEL, Evaluation, evaluate_examples, refuse_other_tests
from exprlearn.sampling import ExpressionSpace
from exprlearn.scoring.census import Baselines

if TYPE_CHECKING:
    from exprlearn.runs.run import Run

#: Why nothing that a run keeps answers beside it.
OTHER_GRAMMAR = "it is kept for the grammar of the training"


def evaluate_on(run: Run, components: Components, size: int | None = None, *, beam: int = 1) -> Evaluation:
    """Evaluate a run on the test of a grammar that it was not trained on.

    Nothing that training may have drawn is asked, since the split follows from content; nor is what a line of a
    working may have shown. The model is built wider where its rows are too short, with the weights it has learned.

    Args:
        run: split by content.
        components: those of the run but for the grammar, the size and the mix of the test.
        size: how many expressions; None takes as many as the config says.
        beam: as of `Run.predict`.

    Raises:
        DataError: a run of pairs or one that was split by position, nothing is left to ask, or the weights do not fit.
    """
    refuse_other_tests(run)
    space = load_space(components.config.grammar, components)
    sizes = {"validation": 0, **({"test": size} if size else {})}
    test = load_splits(space, components, sizes=sizes).test
    examples, left_out = _unseen(run, test)
    known: tuple[Baselines, dict[str, str]] = ({}, {BASELINE_MODEL: OTHER_GRAMMAR})
    answerer = _answerer(run, space, examples)
    return evaluate_examples(run, "test", examples, answerer, known=known, beam=beam, left_out=left_out)


def _unseen(run: Run, test: Examples) -> tuple[Examples, int]:
    """Leave out what lines of the training may have shown; return how many that were, too."""
    forms = shown_forms(run)
    kept = np.array([not may_be_shown(text, forms) for text in test.expressions.tolist()], bool)
    if not kept.any():
        raise DataError(
            f"lines of the workings that {run.folder.name} learned may have shown every expression of this test: "
            "ask longer ones, or others that its own grammar can write"
        )
    return test[kept], int(len(kept) - kept.sum())


def shown_forms(run: Run) -> list[SpaceForms]:
    """List what a run that learns the lines of expressions drew these from; nothing of any other run."""
    parts = run.components
    if parts.working is None and parts.model.framing != "rewriting":
        return []
    space = load_space(run.config.grammar, parts, text=run.grammar_text)
    stages = run.stages or read_stages(run.folder, space, parts)
    return [SpaceForms.of(each) for each in (space, *(stage.space for stage in stages))]


def _answerer(run: Run, space: ExpressionSpace, examples: Examples) -> Answerer:
    if fits(run, examples):
        return run.answerer
    alphabet = leave_room(widen(run, space), written(run, examples))
    answerer = resize(run, alphabet, compiling=True)
    if isinstance(answerer, str):
        raise DataError(f"{run.folder.name} cannot be asked {space.grammar.name}: {answerer}")
    return answerer
