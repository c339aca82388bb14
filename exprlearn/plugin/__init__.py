"""What a plugin author imports: hookimpl, options, and of each kind the spec and what its components must do."""

from __future__ import annotations

from exprlearn.plugin.kinds.callback import Callback, CallbackSpec, Measuring, TrainingState
from exprlearn.plugin.kinds.command import CommandSpec
from exprlearn.plugin.kinds.constraint import (
    Bounds,
    BoundsValues,
    Constraint,
    ConstraintSpec,
    DividesEvenly,
    JudgesValues,
)
from exprlearn.plugin.kinds.curriculum import Curriculum, CurriculumSpec, Stage
from exprlearn.plugin.kinds.division import BoundsLength, Division, DivisionSpec
from exprlearn.plugin.kinds.drawing import Drawing, DrawingContext, DrawingSpec
from exprlearn.plugin.kinds.engine import Engine, EngineSpec, UnitFailure
from exprlearn.plugin.kinds.grammar import GrammarSpec
from exprlearn.plugin.kinds.learning_rate import LearningRate, LearningRateSpec
from exprlearn.plugin.kinds.loss import Loss, LossContext, LossSpec
from exprlearn.plugin.kinds.metric import Metric, MetricSpec
from exprlearn.plugin.kinds.model import Incremental, ModelSpec, Shape
from exprlearn.plugin.kinds.observer import Ending, Header, ObserverSpec, RunObserver, Sample
from exprlearn.plugin.kinds.operator import OperatorSpec
from exprlearn.plugin.kinds.optimizer import Optimizer, OptimizerSpec, Selective
from exprlearn.plugin.kinds.padding import Augmenting, Mirroring, Padding, PaddingSpec
from exprlearn.plugin.kinds.reversal import Reversal, ReversalSpec
from exprlearn.plugin.kinds.schedule import Schedule, ScheduleSpec, ScheduleState, StageResult
from exprlearn.plugin.kinds.tokenizer import AlphabetAware, CountsSteps, Tokenizer, TokenizerSpec
from exprlearn.plugin.kinds.working import ShownLine, Working, WorkingBounds, WorkingSpec
from exprlearn.plugin.options import NoOptions, Options
from exprlearn.plugin.spec import hookimpl

__all__ = [
    "AlphabetAware",
    "Augmenting",
    "Bounds",
    "BoundsLength",
    "BoundsValues",
    "Callback",
    "CallbackSpec",
    "CommandSpec",
    "Constraint",
    "ConstraintSpec",
    "CountsSteps",
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
    "LearningRate",
    "LearningRateSpec",
    "Loss",
    "LossContext",
    "LossSpec",
    "Measuring",
    "Metric",
    "MetricSpec",
    "Mirroring",
    "ModelSpec",
    "NoOptions",
    "ObserverSpec",
    "OperatorSpec",
    "Optimizer",
    "OptimizerSpec",
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
    "Selective",
    "Shape",
    "ShownLine",
    "Stage",
    "StageResult",
    "Tokenizer",
    "TokenizerSpec",
    "TrainingState",
    "UnitFailure",
    "Working",
    "WorkingBounds",
    "WorkingSpec",
    "hookimpl",
]
