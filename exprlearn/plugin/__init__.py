"""What a plugin author imports: hookimpl, the specs, options and the protocols of components."""

from __future__ import annotations

from exprlearn.plugin.hookspecs import hookimpl
from exprlearn.plugin.kinds.drawing import Drawing, DrawingContext, DrawingSpec
from exprlearn.plugin.observing import Ending, Header, RunObserver, Sample
from exprlearn.plugin.options import NoOptions, Options
from exprlearn.plugin.protocols import (
    Bounds,
    BoundsLength,
    BoundsValues,
    Constraint,
    Curriculum,
    DividesEvenly,
    Division,
    Engine,
    JudgesValues,
    Metric,
    Padding,
    Reversal,
    Schedule,
    Tokenizer,
)
from exprlearn.plugin.shape import Shape
from exprlearn.plugin.specs import (
    CommandSpec,
    ConstraintSpec,
    CurriculumSpec,
    DivisionSpec,
    EngineSpec,
    GrammarSpec,
    Incremental,
    MetricSpec,
    ModelSpec,
    ObserverSpec,
    PaddingSpec,
    ReversalSpec,
    ScheduleSpec,
    TokenizerSpec,
)
from exprlearn.plugin.stages import ScheduleState, Stage, StageResult
from exprlearn.plugin.units import UnitFailure

__all__ = [
    "Bounds",
    "BoundsLength",
    "BoundsValues",
    "CommandSpec",
    "Constraint",
    "ConstraintSpec",
    "Curriculum",
    "CurriculumSpec",
    "DividesEvenly",
    "Division",
    "DivisionSpec",
    "Drawing",
    "DrawingContext",
    "DrawingSpec",
    "Ending",
    "Engine",
    "EngineSpec",
    "GrammarSpec",
    "Header",
    "Incremental",
    "JudgesValues",
    "Metric",
    "MetricSpec",
    "ModelSpec",
    "NoOptions",
    "ObserverSpec",
    "Options",
    "Padding",
    "PaddingSpec",
    "Reversal",
    "ReversalSpec",
    "RunObserver",
    "Sample",
    "Schedule",
    "ScheduleSpec",
    "ScheduleState",
    "Shape",
    "Stage",
    "StageResult",
    "Tokenizer",
    "TokenizerSpec",
    "UnitFailure",
    "hookimpl",
]
