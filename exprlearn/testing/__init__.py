"""What an author of plugins runs: the contract of each kind, as tests for pytest and as plain checks.

A subclass of a contract names a component; its tests say what the component promises:

    from exprlearn.testing import ModelContract

    class TestTransformer(ModelContract):
        component = "causal-transformer"
        options = {"layers": 1, "units": 16}

`exprlearn plugins check NAME` runs the same checks without pytest.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from exprlearn.testing.callback import CallbackContract
from exprlearn.testing.check import Check, CheckOutcome, Subject, find_subject, grammars_beside, run_checks
from exprlearn.testing.command import CommandContract
from exprlearn.testing.constraint import ConstraintContract
from exprlearn.testing.contract import Contract, checks_of
from exprlearn.testing.curriculum import CurriculumContract
from exprlearn.testing.division import DivisionContract
from exprlearn.testing.drawing import DrawingContract
from exprlearn.testing.engine import EngineContract
from exprlearn.testing.grammar import GrammarContract
from exprlearn.testing.learning_rate import LearningRateContract
from exprlearn.testing.loss import LossContract
from exprlearn.testing.metric import MetricContract
from exprlearn.testing.model import ModelContract
from exprlearn.testing.observer import ObserverContract
from exprlearn.testing.operator import OperatorContract
from exprlearn.testing.optimizer import OptimizerContract
from exprlearn.testing.padding import PaddingContract
from exprlearn.testing.reversal import ReversalContract
from exprlearn.testing.schedule import ScheduleContract
from exprlearn.testing.tokenizer import TokenizerContract
from exprlearn.testing.working import WorkingContract

__all__ = [
    "CallbackContract",
    "Check",
    "CheckOutcome",
    "CommandContract",
    "ConstraintContract",
    "Contract",
    "CurriculumContract",
    "DivisionContract",
    "DrawingContract",
    "EngineContract",
    "GrammarContract",
    "LearningRateContract",
    "LossContract",
    "MetricContract",
    "ModelContract",
    "ObserverContract",
    "OperatorContract",
    "OptimizerContract",
    "Outcome",
    "PaddingContract",
    "ReversalContract",
    "ScheduleContract",
    "Subject",
    "TokenizerContract",
    "WorkingContract",
    "checks_of",
    "find_subject",
    "grammars_beside",
    "run_checks",
]

if TYPE_CHECKING:
    Outcome = CheckOutcome
else:

    def __getattr__(name: str) -> Any:
        """Return what goes by a former name, with a warning; AttributeError for any other name."""
        if name != "Outcome":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        warnings.warn("exprlearn.testing.Outcome is called CheckOutcome now", DeprecationWarning, stacklevel=2)
        return CheckOutcome
