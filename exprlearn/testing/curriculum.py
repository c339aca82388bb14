"""What holds for every curriculum: its stages are few, named, written down the same each time, and can be sampled."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from exprlearn.config import RunConfig, resolve
from exprlearn.curriculum.stage_data import open_stages
from exprlearn.dataset import load_space
from exprlearn.errors import OptionError
from exprlearn.plugin import Stage
from exprlearn.testing.check import Subject, demand, through_json
from exprlearn.testing.contract import Contract
from exprlearn.testing.samples import shipped_spaces

MOST = 100


class CurriculumContract(Contract, kind="curriculum"):
    """What every curriculum promises."""


@CurriculumContract.check()
def it_has_some_stages_and_not_without_end(subject: Subject) -> None:
    """Count the stages for the grammar `addition`."""
    count = 0
    for stage in subject.make().stages(shipped_spaces()[0].space):
        demand(isinstance(stage, Stage), f"a stage must be an exprlearn.plugin.Stage, received {stage!r}")
        count += 1
        demand(count <= MOST, f"more than {MOST} stages: no training comes to the last one")
    demand(count, "there is no stage: one that says nothing but its name is the task itself")


@CurriculumContract.check(needs=it_has_some_stages_and_not_without_end)
def no_two_stages_have_one_name(subject: Subject) -> None:
    """Compare the names."""
    names = [stage.name for stage in _stages(subject)]
    doubled = sorted({name for name in names if names.count(name) > 1})
    demand(not doubled, f"several stages are called '{', '.join(doubled)}'")


@CurriculumContract.check(needs=it_has_some_stages_and_not_without_end)
def its_stages_are_the_same_each_time(subject: Subject) -> None:
    """Ask another curriculum of the same options."""
    first, second = _stages(subject), _stages(subject)
    demand(first == second, f"asked again, the stages are {second!r} instead of {first!r}")


@CurriculumContract.check(needs=it_has_some_stages_and_not_without_end)
def its_stages_come_back_from_json(subject: Subject) -> None:
    """Write the stages down as a run does, and read them again."""
    for stage in _stages(subject):
        plain = dataclasses.asdict(dataclasses.replace(stage, constraints=list(stage.constraints)))
        back = through_json(plain, f"stage '{stage.name}'")
        demand(back == plain, f"stage '{stage.name}' comes back from JSON as {back!r}: write plain text and numbers")


@CurriculumContract.check(needs=its_stages_come_back_from_json)
def every_stage_can_be_sampled(subject: Subject) -> None:
    """Open the stages for a run with the settings that are usual, and draw examples to train on and to hold out."""
    components = resolve(RunConfig(), subject.plugins)
    try:
        open_stages(components, load_space(components.config.grammar, components), _stages(subject))
    except OptionError as error:
        demand(False, str(error))


def _stages(subject: Subject) -> Sequence[Stage]:
    return list(subject.make().stages(shipped_spaces()[0].space))
