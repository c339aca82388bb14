"""The built-in curricula and schedules, offered through the same hooks as any plugin's."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.curriculum import curricula, schedules
from exprlearn.plugin import CurriculumSpec, ScheduleSpec, hookimpl


@hookimpl
def exprlearn_curricula() -> Iterable[CurriculumSpec]:
    """Yield the built-in curricula."""
    yield CurriculumSpec(
        name="stages",
        summary="The stages that its options, or a TOML file, list.",
        options=curricula.ListedOptions,
        make=curricula.ListedCurriculum,
    )
    yield CurriculumSpec(
        name="auto",
        summary="The run's own grammar, cut into stages by how hard its expressions are.",
        options=curricula.AutoOptions,
        make=curricula.AutoCurriculum,
    )
    yield CurriculumSpec(
        name="addition",
        summary="The grammar addition, one more digit at a time, first without carries.",
        options=curricula.AdditionOptions,
        make=curricula.AdditionCurriculum,
    )
    yield CurriculumSpec(
        name="sums",
        summary="The grammar sums, one more term at a time.",
        options=curricula.SumsOptions,
        make=curricula.SumsCurriculum,
    )
    yield CurriculumSpec(
        name="mixed",
        summary="The grammar mixed: operators, then terms, then brackets.",
        options=curricula.MixedArithmeticOptions,
        make=curricula.MixedArithmeticCurriculum,
    )
    yield CurriculumSpec(
        name="nested",
        summary="The grammar nested, one more depth of brackets at a time.",
        options=curricula.NestedOptions,
        make=curricula.NestedCurriculum,
    )


@hookimpl
def exprlearn_schedules() -> Iterable[ScheduleSpec]:
    """Yield the built-in schedules."""
    yield ScheduleSpec(
        name="fixed",
        summary="One stage after the other, each for its number of epochs.",
        options=schedules.FixedOptions,
        make=schedules.FixedSchedule,
    )
    yield ScheduleSpec(
        name="mixed",
        summary="Naive, mix or blend: stage after stage, all stages at once, or both together.",
        options=schedules.MixedOptions,
        make=schedules.MixedSchedule,
    )
    yield ScheduleSpec(
        name="threshold",
        summary="The next stage begins once the last one is surely known.",
        options=schedules.ThresholdOptions,
        make=schedules.ThresholdSchedule,
    )
    yield ScheduleSpec(
        name="learning-progress",
        summary="The stages whose exact match is moving most are trained most.",
        options=schedules.LearningProgressOptions,
        make=schedules.LearningProgressSchedule,
    )
