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
    """Which stages an epoch takes its examples from."""

    kind: ClassVar[str] = "schedule"
    make: Callable[[Any], Schedule]


@hookspec
def exprlearn_schedules() -> Iterable[ScheduleSpec]:  # type: ignore[empty-body]
    """Yield schedules, for `--schedule NAME`.

    A schedule says how much of the next epoch comes from which stage. What it knows lies in a state of plain data,
    which every checkpoint holds: a run goes on after an interruption as it would have without.
    """


KIND = Kind(
    spec=ScheduleSpec,
    hook=exprlearn_schedules,
    component=Schedule,
    works_with={"exprlearn.plugin:Stage": (), "exprlearn.plugin:StageResult": ()},
    example="by-the-clock",
    command="exprlearn train --curriculum addition --schedule {name}",
    page="curricula",
)
