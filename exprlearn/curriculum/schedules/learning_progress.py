"""A bandit over stages: what is being learned, or being forgotten, is trained most.

The absolute learning progress as a reward is Oudeyer's and, for such tasks, *Teacher–Student Curriculum Learning*'s
(Matiisen and others 2017, arXiv 1707.00183).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from exprlearn.curriculum.schedules.sharing import by_weight, mixed
from exprlearn.plugin import Options, ScheduleState, Stage, StageResult

# Progress below this is taken for noise.
_NOTHING = 1e-9


class LearningProgressOptions(Options):
    """How progress is measured and how much of an epoch looks around."""

    explore: Annotated[float, Field(gt=0, le=1, description="share of an epoch for all stages, by weight")] = 0.2
    quick: Annotated[float, Field(gt=0, le=1, description="how fast the quick average follows the exact match")] = 0.7
    slow: Annotated[float, Field(gt=0, lt=1, description="how fast the slow average follows it")] = 0.2


class LearningProgressSchedule:
    """Trains stages in proportion to how much their exact match is moving, up or down.

    Progress is the distance between a quick and a slow average of the held-out exact match. Where nothing moves, all
    stages share the epoch by weight.

    >>> schedule = LearningProgressSchedule(LearningProgressOptions(explore=0.2))
    >>> state = schedule.begin([Stage(name="easy"), Stage(name="hard")])
    >>> [round(share, 3) for share in schedule.shares(schedule.after(state, [StageResult(5, 10), StageResult(0, 10)]))]
    [0.9, 0.1]
    """

    def __init__(self, options: LearningProgressOptions | None = None) -> None:
        self.options = options or LearningProgressOptions()

    def begin(self, stages: Sequence[Stage]) -> ScheduleState:
        """Expect nothing of any stage."""
        nothing = [0.0] * len(stages)
        return {"quick": nothing, "slow": nothing, "weights": [stage.weight for stage in stages]}

    def shares(self, state: ScheduleState) -> Sequence[float]:
        """Divide the epoch by weight and progress."""
        everything = by_weight(state["weights"])
        moving = [
            weight * abs(quick - slow)
            for weight, quick, slow in zip(state["weights"], state["quick"], state["slow"], strict=True)
        ]
        return everything if sum(moving) < _NOTHING else mixed(by_weight(moving), everything, self.options.explore)

    def after(self, state: ScheduleState, results: Sequence[StageResult]) -> ScheduleState:
        """Let both averages follow the results."""
        reached = [result.right / max(result.count, 1) for result in results]
        quick = _followed(state["quick"], reached, self.options.quick)
        return {**state, "quick": quick, "slow": _followed(state["slow"], reached, self.options.slow)}


def _followed(before: Sequence[float], now: Sequence[float], rate: float) -> list[float]:
    return [(1 - rate) * old + rate * new for old, new in zip(before, now, strict=True)]
