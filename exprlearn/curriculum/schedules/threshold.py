"""Promotion by results: a stage is left once its held-out expressions are surely known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from exprlearn.curriculum.schedules.certainty import enough, surely
from exprlearn.curriculum.schedules.sharing import with_replay
from exprlearn.plugin import Options, ScheduleState, Stage, StageResult


class ThresholdOptions(Options):
    """When a stage is passed."""

    promote_at: Annotated[
        float, Field(gt=0, lt=1, description="exact match that a stage must surely have, unless it says so itself")
    ] = 0.9
    replay: Annotated[float, Field(ge=0, lt=1, description="share of an epoch for the stages passed")] = 0.2
    at_most: Annotated[int, Field(ge=0, description="epochs after which a stage is left anyway; 0 sets no limit")] = 8


class ThresholdSchedule:
    """Trains a stage until the lower end of the interval of its exact match reaches `promote_at`, then the next one.

    A stage that is known already, because the ones before taught it, is passed without an epoch of its own; one that
    is not learned is left after `at_most` epochs, or a stage that can only be learned by heart would be the last one.
    The last stage goes on for as long as the training does.

    >>> schedule = ThresholdSchedule(ThresholdOptions(replay=0.0))
    >>> state = schedule.begin([Stage(name="easy"), Stage(name="hard")])
    >>> [schedule.after(state, [StageResult(right, 100), StageResult(0, 100)])["stage"] for right in (92, 97)]
    [0, 1]
    """

    def __init__(self, options: ThresholdOptions | None = None) -> None:
        self.options = options or ThresholdOptions()

    def problems(self, stages: Sequence[Stage], best: Sequence[StageResult]) -> list[str]:
        """Say which stages ask for what not even their best results can show."""
        asked = zip(stages[:-1], self._wanted(stages), best, strict=False)
        return [
            f"stage '{stage.name}' asks for {wanted:g}, and {result.count} right answers of {result.count} are surely "
            f"only {surely(result):.3f}: set curriculum.held_out={enough(wanted)}, or ask for less with promote_at"
            for stage, wanted, result in asked
            if surely(result) < wanted
        ]

    def begin(self, stages: Sequence[Stage]) -> ScheduleState:
        """Stand at the first stage."""
        wanted = self._wanted(stages)
        return {"stage": 0, "epochs": 0, "wanted": wanted, "weights": [stage.weight for stage in stages]}

    def shares(self, state: ScheduleState) -> Sequence[float]:
        """Give the epoch to the stage at hand, less the replay."""
        return with_replay(state["stage"], state["weights"], self.options.replay)

    def after(self, state: ScheduleState, results: Sequence[StageResult]) -> ScheduleState:
        """Go past every stage that is surely known, or that has had its epochs."""
        stage, epochs = state["stage"], state["epochs"] + 1
        last = len(results) - 1
        if self.options.at_most and epochs >= self.options.at_most and stage < last:
            stage, epochs = stage + 1, 0
        while stage < last and surely(results[stage]) >= state["wanted"][stage]:
            stage, epochs = stage + 1, 0
        return {**state, "stage": stage, "epochs": epochs}

    def _wanted(self, stages: Sequence[Stage]) -> list[float]:
        return [self.options.promote_at if stage.promote_at is None else stage.promote_at for stage in stages]
