"""What holds for every schedule: epochs are divided whole, and what it knows lies in a state that JSON holds."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence

from exprlearn.plugin import Schedule, ScheduleState, Stage, StageResult
from exprlearn.testing.check import Subject, demand, through_json
from exprlearn.testing.contract import Contract

STAGES = (Stage(name="easy"), Stage(name="medium", promote_at=0.5, weight=2.0), Stage(name="hard"))
COUNT, EPOCHS = 1000, 200


class ScheduleContract(Contract, kind="schedule"):
    """What every schedule promises."""


@ScheduleContract.check()
def every_epoch_is_divided_among_the_stages(subject: Subject) -> None:
    """Look at the shares along several courses, of one stage and of three."""
    for stages in (STAGES[:1], STAGES):
        for _, shares in _walk_schedule(subject.make(), stages):
            whole = len(shares) == len(stages) and math.isclose(sum(shares), 1, abs_tol=1e-9)
            demand(
                whole and min(shares) >= 0, f"{len(stages)} stages have the shares {list(shares)}: 0 … 1, 1 together"
            )


@ScheduleContract.check()
def its_state_comes_back_from_json(subject: Subject) -> None:
    """Write the state down as a checkpoint does, and read it again."""
    for state, _ in _walk_schedule(subject.make(), STAGES):
        back = through_json(state, f"the state {state!r}")
        demand(isinstance(state, dict) and back == state, f"the state {state!r} comes back from JSON as {back!r}")


@ScheduleContract.check()
def it_changes_no_state_that_it_was_given(subject: Subject) -> None:
    """Keep a copy of each state while the schedule works with it."""
    schedule = subject.make()
    for results in _results(STAGES):
        state = schedule.begin(STAGES)
        for result in results:
            kept = copy.deepcopy(state)
            schedule.shares(state)
            after = schedule.after(state, result)
            demand(state == kept, f"the state {kept!r} became {state!r}: return a new one")
            state = after


@ScheduleContract.check(needs=it_changes_no_state_that_it_was_given)
def what_it_does_follows_from_the_state_alone(subject: Subject) -> None:
    """Let another schedule of the same options, made for each epoch, go on from the state."""
    for results in _results(STAGES):
        schedule = subject.make()
        state = other = schedule.begin(STAGES)
        for result in results:
            state, other = schedule.after(state, result), subject.make().after(other, result)
            shares, others = list(schedule.shares(state)), list(subject.make().shares(other))
            demand(shares == others, f"gone on from its state, the shares are {others} instead of {shares}")


@ScheduleContract.check(needs=every_epoch_is_divided_among_the_stages)
def a_learner_without_errors_comes_to_every_stage(subject: Subject) -> None:
    """Answer everything right and look whether every stage is trained, or passed, at last."""
    schedule = subject.make()
    state, last = schedule.begin(STAGES), 0.0
    for _ in range(EPOCHS):
        state = schedule.after(state, [StageResult(COUNT, COUNT)] * len(STAGES))
        last = max(last, schedule.shares(state)[-1])
    demand(last > 0, f"after {EPOCHS} epochs without a mistake the last stage has not been trained once")


def _walk_schedule(schedule: Schedule, stages: Sequence[Stage]) -> Iterator[tuple[ScheduleState, Sequence[float]]]:
    """Yield the states and shares of several courses, the first ones before any result."""
    for results in _results(stages):
        state = schedule.begin(stages)
        yield state, schedule.shares(state)
        for result in results:
            state = schedule.after(state, result)
            yield state, schedule.shares(state)


def _results(stages: Sequence[Stage]) -> Iterator[list[list[StageResult]]]:
    """Yield courses of results: nothing is ever right, everything is, and learning with a relapse."""
    for rights in ([0] * 12, [COUNT] * 12, [0, 300, 700, 960, 400, 800, 990, 999, 1000, 1000, 500, 1000]):
        yield [[StageResult(right // (index + 1), COUNT) for index in range(len(stages))] for right in rights]
