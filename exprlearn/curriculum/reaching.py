"""Whether a schedule can come to every stage at all, asked before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from exprlearn.errors import OptionError
from exprlearn.plugin import Schedule, Stage, StageResult

_MOST_EPOCHS, _MOST_HELD_OUT = 4096, 1 << 20


def refuse_unreachable(schedule: Schedule, stages: Sequence[Stage], best: Sequence[StageResult], epochs: int) -> None:
    """Refuse stages that not even a model which answers everything right would ever be trained on.

    Args:
        schedule: decides on the stages.
        stages: the stages.
        best: the best result of each stage.
        epochs: how many epochs there will be.

    Raises:
        OptionError: the first stage that is out of reach, and what would bring it into reach.
    """
    missed = first_missed(schedule, stages, best, epochs)
    if missed is None:
        return
    enough = _enough_epochs(schedule, stages, best, epochs)
    fix = f"set training.epochs={enough} or more" if enough else _more_held_out(schedule, stages, best)
    before = f": stage '{stages[missed - 1].name}' is not left" if missed else ""
    raise OptionError(
        f"stage '{stages[missed].name}' would not be trained within {epochs} epochs, even if every answer were right"
        f"{before}; {fix}"
    )


def first_missed(schedule: Schedule, stages: Sequence[Stage], best: Sequence[StageResult], epochs: int) -> int | None:
    """Find the first stage that is never trained, although every answer is right; None when the last one is."""
    state, trained = schedule.begin(stages), [False] * len(stages)
    for _ in range(epochs):
        trained = [had or share > 0 for had, share in zip(trained, schedule.shares(state), strict=True)]
        if trained[-1]:
            return None
        state = schedule.after(state, best)
    return trained.index(False)


def _enough_epochs(schedule: Schedule, stages: Sequence[Stage], best: Sequence[StageResult], epochs: int) -> int | None:
    """Find how many epochs would do; None when no number does."""
    if first_missed(schedule, stages, best, _MOST_EPOCHS) is not None:
        return None
    while first_missed(schedule, stages, best, epochs) is not None:
        epochs += 1
    return epochs


def _more_held_out(schedule: Schedule, stages: Sequence[Stage], best: Sequence[StageResult]) -> str:
    """Say how many held-out expressions would show what a promotion asks, as far as the stages have them."""
    held_out = max(result.count for result in best)
    while held_out < _MOST_HELD_OUT:
        held_out *= 2
        more = [result if result.whole else replace(result, right=held_out, count=held_out) for result in best]
        if first_missed(schedule, stages, more, _MOST_EPOCHS) is None:
            return f"set curriculum.held_out={held_out}, or ask for less with promote_at"
    return "ask for less with promote_at"
