from __future__ import annotations

from collections.abc import Sequence

import pytest

from exprlearn.curriculum.schedules import (
    FixedOptions,
    FixedSchedule,
    MixedSchedule,
    ThresholdOptions,
    ThresholdSchedule,
)
from exprlearn.curriculum.stage_data import first_missed, refuse_unreachable
from exprlearn.errors import OptionError
from exprlearn.plugin import ScheduleState, Stage, StageResult

STAGES = [Stage(name="easy"), Stage(name="middling", promote_at=0.99), Stage(name="hard")]
BEST = [StageResult(256, 256)] * 3


@pytest.mark.parametrize("at_most", [0, 8])
def test_a_promotion_that_no_result_can_show_is_refused_with_how_many_expressions_would(at_most: int) -> None:
    schedule = ThresholdSchedule(ThresholdOptions(at_most=at_most))
    with pytest.raises(OptionError) as told:
        refuse_unreachable(schedule, STAGES, BEST, 40)
    assert str(told.value) == (
        "stage 'middling' asks for 0.99, and 256 right answers of 256 are surely only 0.985: set "
        "curriculum.held_out=512, or ask for less with promote_at"
    )
    refuse_unreachable(schedule, STAGES, [StageResult(512, 512)] * 3, 40)


def test_the_whole_of_a_small_stage_shows_everything() -> None:
    refuse_unreachable(ThresholdSchedule(), STAGES, [BEST[0], StageResult(5, 5, whole=True), BEST[2]], 40)


def test_what_the_last_stage_asks_for_promotes_nowhere() -> None:
    refuse_unreachable(ThresholdSchedule(), STAGES[:2], BEST[:2], 40)


def test_too_few_epochs_are_refused_with_how_many_would_do() -> None:
    schedule = FixedSchedule(FixedOptions(epochs=5))
    with pytest.raises(OptionError, match=r"stage 'hard' .*'middling' is not left; set training.epochs=11 or more"):
        refuse_unreachable(schedule, STAGES, BEST, 10)
    refuse_unreachable(schedule, STAGES, BEST, 11)
    assert first_missed(schedule, STAGES, BEST, 5) == 1
    assert first_missed(MixedSchedule(), STAGES, BEST, 1) is None


def test_a_schedule_that_leaves_no_stage_is_refused() -> None:
    class Staying(FixedSchedule):
        def shares(self, state: ScheduleState) -> Sequence[float]:
            return [1.0, 0.0, 0.0]

    with pytest.raises(
        OptionError, match=r"stage 'middling' .* 'easy' is not left; choose another curriculum.schedule"
    ):
        refuse_unreachable(Staying(), STAGES, BEST, 9)
