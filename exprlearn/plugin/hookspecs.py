"""The hooks a plugin may implement; each is called once, without arguments, and yields specs.

A plugin is a module whose functions carry `@hookimpl`:

    from exprlearn.plugin import ModelSpec, hookimpl

    @hookimpl
    def exprlearn_models():
        yield ModelSpec(name="tiny", summary="One LSTM each way.", framing="sequence", build=build)
"""

from __future__ import annotations

from exprlearn.plugin.data_hooks import exprlearn_constraints as exprlearn_constraints
from exprlearn.plugin.data_hooks import exprlearn_divisions as exprlearn_divisions
from exprlearn.plugin.data_hooks import exprlearn_grammars as exprlearn_grammars
from exprlearn.plugin.encoding_hooks import exprlearn_paddings as exprlearn_paddings
from exprlearn.plugin.encoding_hooks import exprlearn_reversals as exprlearn_reversals
from exprlearn.plugin.encoding_hooks import exprlearn_tokenizers as exprlearn_tokenizers
from exprlearn.plugin.kinds.drawing import DrawingSpec
from exprlearn.plugin.kinds.drawing import exprlearn_drawings as exprlearn_drawings
from exprlearn.plugin.learning_hooks import exprlearn_metrics as exprlearn_metrics
from exprlearn.plugin.learning_hooks import exprlearn_models as exprlearn_models
from exprlearn.plugin.marks import hookimpl as hookimpl
from exprlearn.plugin.program_hooks import exprlearn_commands as exprlearn_commands
from exprlearn.plugin.program_hooks import exprlearn_engines as exprlearn_engines
from exprlearn.plugin.program_hooks import exprlearn_observers as exprlearn_observers
from exprlearn.plugin.specs import (
    CommandSpec,
    ConstraintSpec,
    CurriculumSpec,
    DivisionSpec,
    EngineSpec,
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
from exprlearn.plugin.teaching_hooks import exprlearn_curricula as exprlearn_curricula
from exprlearn.plugin.teaching_hooks import exprlearn_schedules as exprlearn_schedules

HOOKS: dict[str, type[Spec]] = {
    "exprlearn_grammars": GrammarSpec,
    "exprlearn_constraints": ConstraintSpec,
    "exprlearn_divisions": DivisionSpec,
    "exprlearn_drawings": DrawingSpec,
    "exprlearn_curricula": CurriculumSpec,
    "exprlearn_schedules": ScheduleSpec,
    "exprlearn_tokenizers": TokenizerSpec,
    "exprlearn_paddings": PaddingSpec,
    "exprlearn_reversals": ReversalSpec,
    "exprlearn_models": ModelSpec,
    "exprlearn_metrics": MetricSpec,
    "exprlearn_observers": ObserverSpec,
    "exprlearn_engines": EngineSpec,
    "exprlearn_commands": CommandSpec,
}
