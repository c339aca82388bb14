"""The hooks for the order in which a task is taught: curricula and schedules."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.plugin.marks import hookspec
from exprlearn.plugin.specs import CurriculumSpec, ScheduleSpec


@hookspec
def exprlearn_curricula() -> Iterable[CurriculumSpec]:  # type: ignore[empty-body]
    '''Yield curricula, for `--curriculum NAME`.

    A curriculum lists the stages of a task, the easiest first. A stage says how its expressions differ from the
    run's own: by keys of `[grammar]`, by constraints or by both. One that says nothing but its name is the task.

    Example:
        """A curriculum plugin: answers of two digits at most, then of three, then all."""

        from collections.abc import Iterable

        from pydantic import Field

        from exprlearn.plugin import CurriculumSpec, Options, Stage, hookimpl


        class ShortAnswersOptions(Options):
            """Options of the curriculum, for `--set curriculum.digits=4`."""

            digits: int = Field(default=3, ge=2, le=9, description="Digits of the last stage but one.")


        class ShortAnswersFirst:
            """Adds constraints to the run's own, whatever its grammar is."""

            def __init__(self, options):
                self.options = options

            def stages(self, space):
                """List a stage for each length, and the task itself."""
                lengths = range(2, self.options.digits + 1)
                rules = {f"up to {length} digits": {"name": "answer-length", "maximum": length} for length in lengths}
                short = [Stage(name=name, constraints=[rule], promote_at=0.9) for name, rule in rules.items()]
                return [*short, Stage(name="all")]


        @hookimpl
        def exprlearn_curricula() -> Iterable[CurriculumSpec]:
            """Yield the curriculum."""
            yield CurriculumSpec(
                name="short-answers-first",
                summary="Answers of few digits before the others.",
                options=ShortAnswersOptions,
                make=ShortAnswersFirst,
            )
    '''


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
