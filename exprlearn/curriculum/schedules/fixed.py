"""A fixed timetable: every stage has its number of epochs, whatever is learned."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Annotated

from pydantic import Field

from exprlearn.curriculum.schedules.sharing import with_replay
from exprlearn.plugin import Options, ScheduleState, Stage, StageResult


class FixedOptions(Options):
    """How long each stage lasts."""

    epochs: Annotated[int, Field(ge=1, description="epochs of a stage of weight 1; the last stage goes on")] = 5
    replay: Annotated[float, Field(ge=0, lt=1, description="share of an epoch for the stages before")] = 0.0


class FixedSchedule:
    """Trains one stage after the other, each for `epochs` times its weight.

    >>> schedule = FixedSchedule(FixedOptions(epochs=2))
    >>> state = schedule.begin([Stage(name="easy"), Stage(name="hard")])
    >>> for _ in range(2):
    ...     state = schedule.after(state, [StageResult(0, 10)] * 2)
    >>> schedule.shares(state)
    [0.0, 1.0]
    """

    def __init__(self, options: FixedOptions | None = None) -> None:
        self.options = options or FixedOptions()

    def begin(self, stages: Sequence[Stage]) -> ScheduleState:
        """Note when each stage ends; even the lightest has an epoch."""
        lengths = [max(1, round(self.options.epochs * stage.weight)) for stage in stages]
        return {"epoch": 0, "ends": list(accumulate(lengths)), "weights": [stage.weight for stage in stages]}

    def shares(self, state: ScheduleState) -> Sequence[float]:
        """Give the epoch to the stage whose turn it is."""
        done = sum(state["epoch"] >= end for end in state["ends"])
        return with_replay(min(done, len(state["ends"]) - 1), state["weights"], self.options.replay)

    def after(self, state: ScheduleState, results: Sequence[StageResult]) -> ScheduleState:
        """Count the epoch."""
        return {**state, "epoch": state["epoch"] + 1}
