"""Whether a schedule can come to every stage at all, asked before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exprlearn.errors import OptionError
from exprlearn.plugin import Schedule, Stage, StageResult

_MOST_EPOCHS = 4096


def refuse_unreachable(schedule: Schedule, stages: Sequence[Stage], best: Sequence[StageResult], epochs: int) -> None:
    """Refuse stages that not even a model which answers everything right would ever be trained on.

    Args:
        schedule: decides on the stages; it may tell `problems` of its own, from the stages and their best results.
        stages: the stages.
        best: the best result of each stage.
        epochs: how many epochs there will be.

    Raises:
        OptionError: the stages that are out of reach, and what would bring them into reach.
    """
    asked: Any = schedule
    problems = list(asked.problems(stages, best)) if hasattr(schedule, "problems") else []
    missed = first_missed(schedule, stages, best, epochs)
    if missed is not None and not problems:
        before = f": stage '{stages[missed - 1].name}' is not left" if missed else ""
        problems.append(
            f"stage '{stages[missed].name}' would not be trained within {epochs} epochs, even if every answer were "
            f"right{before}; {_fix(schedule, stages, best, epochs)}"
        )
    if problems:
        raise OptionError(problems)


def first_missed(schedule: Schedule, stages: Sequence[Stage], best: Sequence[StageResult], epochs: int) -> int | None:
    """Find the first stage that is never trained, although every answer is right; None when the last one is."""
    state, trained = schedule.begin(stages), [False] * len(stages)
    for _ in range(epochs):
        trained = [had or share > 0 for had, share in zip(trained, schedule.shares(state), strict=True)]
        if trained[-1]:
            return None
        state = schedule.after(state, best)
    return trained.index(False)


def _fix(schedule: Schedule, stages: Sequence[Stage], best: Sequence[StageResult], epochs: int) -> str:
    """Say how many epochs would do, if any number does."""
    if first_missed(schedule, stages, best, _MOST_EPOCHS) is not None:
        return "choose another curriculum.schedule"
    while first_missed(schedule, stages, best, epochs) is not None:
        epochs += 1
    return f"set training.epochs={epochs} or more"
