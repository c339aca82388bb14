"""The built-in curricula and schedules, offered through the same hooks as any plugin's."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.curriculum.curricula import (
    AdditionCurriculum,
    AdditionOptions,
    AutoCurriculum,
    AutoOptions,
    ListedCurriculum,
    ListedOptions,
    MixedArithmeticCurriculum,
    MixedArithmeticOptions,
    NestedCurriculum,
    NestedOptions,
    SumsCurriculum,
    SumsOptions,
)
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
from exprlearn.plugin import CurriculumSpec, ScheduleSpec, hookimpl


@hookimpl
def exprlearn_curricula() -> Iterable[CurriculumSpec]:
    """Yield the built-in curricula."""
    yield CurriculumSpec(
        name="stages",
        summary="The stages that its options, or a TOML file, list.",
        options=ListedOptions,
        make=ListedCurriculum,
    )
    yield CurriculumSpec(
        name="auto",
        summary="The run's own grammar, cut into stages by how hard its expressions are.",
        options=AutoOptions,
        make=AutoCurriculum,
    )
    yield CurriculumSpec(
        name="addition",
        summary="The grammar addition, one more digit at a time, first without carries.",
        options=AdditionOptions,
        make=AdditionCurriculum,
    )
    yield CurriculumSpec(
        name="sums",
        summary="The grammar sums, one more term at a time.",
        options=SumsOptions,
        make=SumsCurriculum,
    )
    yield CurriculumSpec(
        name="mixed",
        summary="The grammar mixed: operators, then terms, then brackets.",
        options=MixedArithmeticOptions,
        make=MixedArithmeticCurriculum,
    )
    yield CurriculumSpec(
        name="nested",
        summary="The grammar nested, one more depth of brackets at a time.",
        options=NestedOptions,
        make=NestedCurriculum,
    )


@hookimpl
def exprlearn_schedules() -> Iterable[ScheduleSpec]:
    """Yield the built-in schedules."""
    yield ScheduleSpec(
        name="fixed",
        summary="One stage after the other, each for its number of epochs.",
        options=FixedOptions,
        make=FixedSchedule,
    )
    yield ScheduleSpec(
        name="mixed",
        summary="Naive, mix or blend: stage after stage, all stages at once, or both together.",
        options=MixedOptions,
        make=MixedSchedule,
    )
    yield ScheduleSpec(
        name="threshold",
        summary="The next stage begins once the last one is surely known.",
        options=ThresholdOptions,
        make=ThresholdSchedule,
    )
    yield ScheduleSpec(
        name="learning-progress",
        summary="The stages whose exact match is moving most are trained most.",
        options=LearningProgressOptions,
        make=LearningProgressSchedule,
    )
