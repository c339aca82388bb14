from __future__ import annotations

from collections.abc import Sequence

import pytest

from exprlearn.curriculum.schedules import (
    FixedOptions,
    FixedSchedule,
    LearningProgressOptions,
    LearningProgressSchedule,
    MixedOptions,
    MixedSchedule,
    ThresholdOptions,
    ThresholdSchedule,
)
from exprlearn.plugin import Schedule, Stage, StageResult

STAGES = [Stage(name="easy"), Stage(name="middling", weight=2.0), Stage(name="hard")]


def course(schedule: Schedule, *rights: Sequence[int], stages: Sequence[Stage] = STAGES) -> list[list[float]]:
    """Return the shares before each epoch and after the last, rounded."""
    state = schedule.begin(stages)
    shares = [schedule.shares(state)]
    for right in rights:
        state = schedule.after(state, [StageResult(number, 100) for number in right])
        shares.append(schedule.shares(state))
    return [[round(share, 3) for share in each] for each in shares]


def test_a_fixed_schedule_gives_stages_epochs_by_weight_and_replays_what_was_before() -> None:
    nothing = [(0, 0, 0)] * 3
    assert course(FixedSchedule(FixedOptions(epochs=1)), *nothing) == [[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]]
    replayed = course(FixedSchedule(FixedOptions(epochs=1, replay=0.3)), *nothing)
    assert replayed == [[1, 0, 0], [0.3, 0.7, 0], [0.3, 0.7, 0], [0.1, 0.2, 0.7]]


def test_a_threshold_promotes_on_the_lower_end_of_the_interval() -> None:
    schedule = ThresholdSchedule(ThresholdOptions(promote_at=0.9, replay=0.0))
    assert course(schedule, (95, 0, 0), (96, 0, 0)) == [[1, 0, 0], [1, 0, 0], [0, 1, 0]]


def test_a_threshold_passes_stages_that_are_known_already_and_stays_at_the_last() -> None:
    schedule = ThresholdSchedule(ThresholdOptions(replay=0.0))
    assert course(schedule, (100, 100, 0), (0, 0, 100)) == [[1, 0, 0], [0, 0, 1], [0, 0, 1]]


def test_a_threshold_leaves_a_stage_that_is_never_learned_when_told_so() -> None:
    schedule = ThresholdSchedule(ThresholdOptions(replay=0.0, at_most=2))
    assert course(schedule, *[(0, 0, 0)] * 5)[2:] == [[0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]


def test_a_stage_may_ask_for_another_promotion_than_its_schedule() -> None:
    stages = [Stage(name="easy", promote_at=0.5), Stage(name="hard")]
    assert course(ThresholdSchedule(), (65, 0), stages=stages) == [[1, 0], [0.2, 0.8]]


@pytest.mark.parametrize(
    ("strategy", "before", "after"),
    [
        ("naive", [1, 0, 0], [0, 1, 0]),
        ("mix", [0.25, 0.5, 0.25], [0.25, 0.5, 0.25]),
        ("blend", [0.625, 0.25, 0.125], [0.125, 0.75, 0.125]),
    ],
)
def test_a_mixed_schedule_goes_on_when_a_stage_gets_no_better(
    strategy: str, before: list[float], after: list[float]
) -> None:
    schedule = MixedSchedule(MixedOptions(strategy=strategy, patience=2))  # type: ignore[arg-type]
    shares = course(schedule, (10, 0, 0), (20, 0, 0), (20, 0, 0), (20, 0, 0), (0, 0, 0))
    assert shares == [before] * 4 + [after] * 2


def test_a_mixed_schedule_goes_on_at_once_from_what_is_known() -> None:
    schedule = MixedSchedule(MixedOptions(strategy="naive"))
    assert course(schedule, (100, 0, 0), (100, 50, 0)) == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]


def test_learning_progress_trains_what_moves_up_or_down_and_shares_by_weight_where_nothing_does() -> None:
    schedule = LearningProgressSchedule(LearningProgressOptions(explore=0.2, quick=1.0, slow=0.5))
    still, rising, falling = course(schedule, (50, 0, 0), (0, 0, 0))[:3]
    assert still == [0.25, 0.5, 0.25]
    assert rising == [0.85, 0.1, 0.05]
    assert falling == [0.85, 0.1, 0.05]
    assert course(schedule, *[(0, 0, 0)] * 3)[3] == still
