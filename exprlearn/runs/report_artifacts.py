"""What a report tells of a model besides its answers, kept in the run folder: a page cannot ask the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exprlearn.runs.prediction import Prediction
from exprlearn.runs.run import Run
from exprlearn.runs.run_files import write_json, write_lines
from exprlearn.scoring.cube import Cube

NAME, BEYOND, LENGTHS = "steps.jsonl", "beyond.json", "lengths.json"
WRONG, RIGHT = 6, 2


def keep_steps(run: Run, predictions: Sequence[Prediction]) -> None:
    """Write steps.jsonl: the wrong answers the model was surest of and the right ones it was least sure of.

    A model that answers with a number writes no steps, and so there is no file.

    Raises:
        RunError: the file cannot be written.
    """
    chosen = [prediction.expression for prediction in telling(predictions)]
    if not chosen or run.components.model.framing == "mapping":
        return
    told = run.predict(chosen, steps=True)
    write_lines(run.folder.path / NAME, (step_row(item, run.components.reversal.target) for item in told))


def keep_cube(run: Run, cube: Cube, *, lengths: bool) -> None:
    """Write beyond.json or lengths.json: the cells that the run was asked last.

    Raises:
        RunError: the file cannot be written.
    """
    cells = [cell.document() for cell in cube.cells]
    write_json(run.folder.path / (LENGTHS if lengths else BEYOND), {"threshold": cube.threshold, "cells": cells})


def telling(predictions: Sequence[Prediction]) -> list[Prediction]:
    """Choose the predictions that tell most: surely wrong ones first, then barely right ones."""
    by_probability = sorted(predictions, key=lambda item: item.probability or 0.0)
    wrong = [item for item in reversed(by_probability) if not item.correct]
    right = [item for item in by_probability if item.correct]
    return [*wrong[:WRONG], *right[:RIGHT]]


def step_row(prediction: Prediction, back_to_front: bool) -> dict[str, Any]:
    """Write a prediction with its steps, as steps.jsonl holds it."""
    steps = [
        {
            "chosen": step.chosen,
            "probability": round(step.probability, 6),
            "others": [[token, round(share, 6)] for token, share in step.others],
        }
        for step in prediction.steps
    ]
    return {**prediction.document(), "steps": steps, "back_to_front": back_to_front}
