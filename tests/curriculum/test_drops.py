"""Stages that leave parts of the working out, and what cannot be taught so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exprlearn.curriculum.overview import overview, remarks
from exprlearn.curriculum.stage_data import StageData
from exprlearn.errors import OptionError, PluginError
from exprlearn.plugin import Stage
from exprlearn.runs.preparation import load_stages

Opening = Callable[..., tuple[StageData, ...]]
TAUGHT = [{"name": "whole", "drop": 0}, {"name": "shorter", "drop": 1}, {"name": "alone"}]
TASK: dict[str, Any] = {
    "grammar": {"name": "mixed"},
    "working": {"name": "expressions", "drop": "all"},
    "data": {"test": 50, "validation": 50},
    "training": {"epochs": 9},
}


def staged(stages: list[dict[str, Any]], schedule: Any = "fixed", **others: Any) -> dict[str, Any]:
    chosen = {"name": "stages", "stages": stages, "held_out": 40, "schedule": schedule}
    return {**TASK, "curriculum": chosen, "training": {"epochs": 20}, **others}


@pytest.fixture
def taught(components_of: Callable[..., Any]) -> Callable[..., tuple[StageData, ...]]:
    """Load the stages of a config as a training does."""
    from exprlearn.dataset import load_space

    def loaded(**sections: Any) -> tuple[StageData, ...]:
        components = components_of(**sections)
        return load_stages(load_space(components.config.grammar, components), components)

    return loaded


def test_a_stage_drops_what_it_says_or_what_the_run_does(taught: Opening) -> None:
    stages = taught(**staged(TAUGHT))
    assert [stage.drop for stage in stages] == [0, 1, "all"]
    assert stages[0].held_out.expressions.tolist() == stages[2].held_out.expressions.tolist()
    assert all(stage.components.config.working.name == "expressions" for stage in stages)


def test_a_stage_like_another_drops_as_much(lessons_of: Opening) -> None:
    stages = [*TAUGHT, {"name": "longer", "like": "shorter", "grammar": {"terms": 4}}, {"name": "end"}]
    assert [stage.drop for stage in lessons_of(**staged(stages))] == [0, 1, "all", 1, "all"]


def test_every_stage_is_trained_on_the_same_examples_none_of_whose_lines_is_held_out(taught: Opening) -> None:
    stages = taught(**staged(TAUGHT))
    drawn = [stage.splits.train.take(300)[0].expressions.tolist() for stage in stages]
    assert drawn[0] == drawn[1] == drawn[2]
    proof = stages[0].splits.proof(300, beside=[stage.splits for stage in stages])
    assert proof.holds
    assert proof.lines > 200
    assert proof.left_out > 0


def test_the_last_stage_writes_what_the_task_asks_for(taught: Opening) -> None:
    with pytest.raises(OptionError) as told:
        taught(**staged([*TAUGHT, {"name": "some", "drop": 1}]))
    assert str(told.value) == (
        "stage 'some': drop=1, and the task itself has working.drop=all: the last stage must leave out as "
        "much as the task, set working.drop=1, or drop=all there"
    )


@pytest.mark.parametrize(
    "schedule",
    [{"name": "threshold"}, {"name": "mixed"}, {"name": "learning-progress"}, {"name": "fixed", "replay": 0.1}],
    ids=lambda schedule: schedule["name"],
)
def test_stages_that_drop_otherwise_do_not_share_an_epoch(taught: Opening, schedule: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=r"'whole' and '(shorter|alone)' would share an epoch, .*schedule.replay=0"):
        taught(**staged(TAUGHT, schedule))
    # Stages of one working may, whatever they leave out.
    alike = [{"name": "few", "grammar": {"terms": 2}}, {"name": "more"}]
    assert len(taught(**staged(alike, schedule))) == 2


def test_one_stage_at_a_time_goes_with_a_threshold(taught: Opening) -> None:
    assert len(taught(**staged(TAUGHT, {"name": "threshold", "replay": 0.0, "promote_at": 0.8}))) == 3


def test_of_no_working_nothing_can_be_dropped(taught: Opening, components_of: Callable[..., Any]) -> None:
    with pytest.raises(OptionError) as told:
        taught(**staged(TAUGHT, working={"name": "none"}))
    assert "stage 'shorter': working: drop=1 leaves parts of a working out, and no working is chosen" in str(told.value)
    with pytest.raises(ValueError, match="drop=all leaves parts of a working out, and no working is chosen: set "):
        components_of(working={"drop": "all"})


@pytest.mark.parametrize("drop", [-1, "some", 1.5])
def test_a_drop_is_a_number_or_all(drop: Any) -> None:
    with pytest.raises(PluginError, match="stage 'one': drop must be a number from 0, or 'all'"):
        Stage(name="one", drop=drop)


def test_stages_that_differ_in_their_workings_alone_are_not_called_the_same(taught: Opening) -> None:
    found = overview(taught(**staged([*TAUGHT, {"name": "again"}])), looked_at=40)
    assert [each.document()["drop"] for each in found] == [0, 1, "all", "all"]
    assert [each for each in remarks(found) if "nothing" in each] == [
        "stage 'again' seems to hold nothing that 'alone' does not hold"
    ]
