"""The strategies of *Learning to Execute*: stage after stage, all stages at once, and both together.

Zaremba and Sutskever (2014, arXiv 1410.4615) found that going on to harder programs alone makes a model forget or get
stuck, that a mix of all difficulties is better, and the two together best.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from exprlearn.curriculum.schedules.sharing import by_weight, mixed, only
from exprlearn.plugin import Options, ScheduleState, Stage, StageResult


class MixedOptions(Options):
    """Which strategy, and what it needs."""

    strategy: Annotated[
        Literal["naive", "mix", "blend"],
        Field(description="one stage after the other, all stages by weight, or both together"),
    ] = "blend"
    patience: Annotated[
        int, Field(ge=1, description="epochs without a better exact match after which the next stage begins")
    ] = 2
    blend: Annotated[float, Field(gt=0, lt=1, description="share of an epoch that `blend` takes from all stages")] = 0.5


class MixedSchedule:
    """Follows a strategy of *Learning to Execute*; a stage makes way for the next when it makes no more progress.

    >>> schedule = MixedSchedule(MixedOptions(strategy="blend"))
    >>> schedule.shares(schedule.begin([Stage(name="easy"), Stage(name="hard")]))
    [0.75, 0.25]
    """

    def __init__(self, options: MixedOptions | None = None) -> None:
        self.options = options or MixedOptions()

    def begin(self, stages: Sequence[Stage]) -> ScheduleState:
        """Stand at the first stage, of which nothing is known."""
        return {"stage": 0, "best": -1.0, "waited": 0, "weights": [stage.weight for stage in stages]}

    def shares(self, state: ScheduleState) -> Sequence[float]:
        """Divide the epoch as the strategy says."""
        everything, alone = by_weight(state["weights"]), only(state["stage"], len(state["weights"]))
        if self.options.strategy == "mix":
            return everything
        return alone if self.options.strategy == "naive" else mixed(alone, everything, self.options.blend)

    def after(self, state: ScheduleState, results: Sequence[StageResult]) -> ScheduleState:
        """Look whether the stage at hand still gets better."""
        stage = state["stage"]
        reached = results[stage].right / max(results[stage].count, 1)
        if reached > state["best"] and reached < 1:
            return {**state, "best": reached, "waited": 0}
        waited = state["waited"] + 1
        if stage == len(results) - 1 or (waited < self.options.patience and reached < 1):
            return {**state, "waited": waited}
        return {**state, "stage": stage + 1, "best": -1.0, "waited": 0}
