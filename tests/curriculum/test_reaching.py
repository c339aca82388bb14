from __future__ import annotations

import pytest

from exprlearn.curriculum.reaching import first_missed, refuse_unreachable
from exprlearn.curriculum.schedules import (
    FixedOptions,
    FixedSchedule,
    MixedSchedule,
    ThresholdOptions,
    ThresholdSchedule,
)
from exprlearn.errors import OptionError
from exprlearn.plugin import Stage, StageResult

STAGES = [Stage(name="easy"), Stage(name="middling", promote_at=0.99), Stage(name="hard")]
BEST = [StageResult(256, 256)] * 3


def test_a_promotion_that_no_result_can_show_is_refused_with_how_many_expressions_would() -> None:
    with pytest.raises(OptionError) as told:
        refuse_unreachable(ThresholdSchedule(), STAGES, BEST, 40)
    assert str(told.value) == (
        "stage 'hard' would not be trained within 40 epochs, even if every answer were right: stage 'middling' is not "
        "left; set curriculum.held_out=512, or ask for less with promote_at"
    )
    refuse_unreachable(ThresholdSchedule(), STAGES, [StageResult(512, 512)] * 3, 40)


def test_the_whole_of_a_small_stage_shows_everything() -> None:
    refuse_unreachable(ThresholdSchedule(), STAGES, [BEST[0], StageResult(5, 5, whole=True), BEST[2]], 40)
    with pytest.raises(OptionError, match=r"stage 'hard' .* not left; ask for less with promote_at"):
        refuse_unreachable(ThresholdSchedule(ThresholdOptions(promote_at=1 - 1e-9)), STAGES[::2], BEST[::2], 40)


def test_too_few_epochs_are_refused_with_how_many_would_do() -> None:
    schedule = FixedSchedule(FixedOptions(epochs=5))
    with pytest.raises(OptionError, match=r"stage 'hard' .*'middling' is not left; set training.epochs=11 or more"):
        refuse_unreachable(schedule, STAGES, BEST, 10)
    refuse_unreachable(schedule, STAGES, BEST, 11)
    assert first_missed(schedule, STAGES, BEST, 5) == 1
    assert first_missed(MixedSchedule(), STAGES, BEST, 1) is None
