"""The hooks a plugin may implement; each is called once, without arguments, and yields specs.

A plugin is a module whose functions carry `@hookimpl`:

    from exprlearn.plugin import ModelSpec, hookimpl

    @hookimpl
    def exprlearn_models():
        yield ModelSpec(name="tiny", summary="One LSTM each way.", framing="sequence", build=build)
"""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.plugin.data_hooks import exprlearn_constraints as exprlearn_constraints
from exprlearn.plugin.data_hooks import exprlearn_divisions as exprlearn_divisions
from exprlearn.plugin.data_hooks import exprlearn_grammars as exprlearn_grammars
from exprlearn.plugin.encoding_hooks import exprlearn_paddings as exprlearn_paddings
from exprlearn.plugin.encoding_hooks import exprlearn_reversals as exprlearn_reversals
from exprlearn.plugin.encoding_hooks import exprlearn_tokenizers as exprlearn_tokenizers
from exprlearn.plugin.learning_hooks import exprlearn_metrics as exprlearn_metrics
from exprlearn.plugin.learning_hooks import exprlearn_models as exprlearn_models
from exprlearn.plugin.marks import hookimpl as hookimpl
from exprlearn.plugin.marks import hookspec as hookspec
from exprlearn.plugin.specs import (
    CommandSpec,
    ConstraintSpec,
    CurriculumSpec,
    DivisionSpec,
    GrammarSpec,
    MetricSpec,
    ModelSpec,
    ObserverSpec,
    PaddingSpec,
    ReversalSpec,
    ScheduleSpec,
    Spec,
    TokenizerSpec,
)

HOOKS: dict[str, type[Spec]] = {
    "exprlearn_grammars": GrammarSpec,
    "exprlearn_constraints": ConstraintSpec,
    "exprlearn_divisions": DivisionSpec,
    "exprlearn_curricula": CurriculumSpec,
    "exprlearn_schedules": ScheduleSpec,
    "exprlearn_tokenizers": TokenizerSpec,
    "exprlearn_paddings": PaddingSpec,
    "exprlearn_reversals": ReversalSpec,
    "exprlearn_models": ModelSpec,
    "exprlearn_metrics": MetricSpec,
    "exprlearn_observers": ObserverSpec,
    "exprlearn_commands": CommandSpec,
}


@hookspec
def exprlearn_curricula() -> Iterable[CurriculumSpec]:  # type: ignore[empty-body]
    """Yield curricula, for `--curriculum NAME`."""


@hookspec
def exprlearn_schedules() -> Iterable[ScheduleSpec]:  # type: ignore[empty-body]
    """Yield schedules, for `--schedule NAME`."""


@hookspec
def exprlearn_observers() -> Iterable[ObserverSpec]:  # type: ignore[empty-body]
    """Yield run observers, for `--observer NAME`."""


@hookspec
def exprlearn_commands() -> Iterable[CommandSpec]:  # type: ignore[empty-body]
    """Yield commands, for `exprlearn NAME`."""
