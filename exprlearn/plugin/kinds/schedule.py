"""Schedules: how much of an epoch comes from which stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from exprlearn.plugin.kinds.curriculum import Stage
from exprlearn.plugin.spec import Kind, Spec, hookspec

ScheduleState = dict[str, Any]
"""Where a schedule stands, as plain data that JSON holds: it lies in every checkpoint."""


@dataclass(frozen=True)
class StageResult:
    """How a stage's held-out expressions were answered after an epoch.

    Attributes:
        right: how many were answered right.
        count: how many were asked.
        whole: whether the stage holds out no others, so that the share of right ones is no estimate.
        independent: how many independent expressions tell as much, where some say the same; None for `count`.
    """

    right: int
    count: int
    whole: bool = False
    independent: float | None = None


class Schedule(Protocol):
    """Says how much of each epoch comes from which stage; every method is a function of its arguments alone.

    It may tell `problems(stages, best)`, a sentence for each stage that not even its best result would end.
    """

    def begin(self, stages: Sequence[Stage]) -> ScheduleState:
        """Return the state before the first epoch."""

    def shares(self, state: ScheduleState) -> Sequence[float]:
        """Return the share of each stage in the next epoch; they sum to 1."""

    def after(self, state: ScheduleState, results: Sequence[StageResult]) -> ScheduleState:
        """Return the state after an epoch, from how each stage's held-out expressions were answered."""


@dataclass(frozen=True, kw_only=True)
class ScheduleSpec(Spec):
    """Which stages an epoch takes its examples from.

    Attributes:
        make: returns the schedule for its options.
    """

    kind: ClassVar[str] = "schedule"
    make: Callable[[Any], Schedule]


@hookspec
def exprlearn_schedules() -> Iterable[ScheduleSpec]:  # type: ignore[empty-body]
    '''Yield schedules, for `--schedule NAME`.

    A schedule says how much of the next epoch comes from which stage. What it knows lies in a state of plain data,
    which every checkpoint holds: a run goes on after an interruption as it would have without.

    Example:
        """A schedule plugin: the next stage after every second epoch, however well it goes."""

        from collections.abc import Iterable

        from exprlearn.plugin import ScheduleSpec, hookimpl

        EPOCHS = 2


        class ByTheClock:
            """Counts epochs; the state is all that it knows."""

            def begin(self, stages):
                """Start counting."""
                return {"epoch": 0, "stages": len(stages)}

            def shares(self, state):
                """Give the whole epoch to one stage."""
                current = min(state["epoch"] // EPOCHS, state["stages"] - 1)
                return [float(stage == current) for stage in range(state["stages"])]

            def after(self, state, results):
                """Count on, in a new state."""
                return {**state, "epoch": state["epoch"] + 1}


        @hookimpl
        def exprlearn_schedules() -> Iterable[ScheduleSpec]:
            """Yield the schedule."""
            yield ScheduleSpec(
                name="by-the-clock",
                summary="Two epochs a stage, one after the other.",
                make=lambda options: ByTheClock(),
            )
    '''


KIND = Kind(
    spec=ScheduleSpec,
    hook=exprlearn_schedules,
    component=Schedule,
    works_with={"exprlearn.plugin:Stage": (), "exprlearn.plugin:StageResult": ()},
    command="exprlearn train --curriculum addition --schedule {name}",
    page="curricula",
)
