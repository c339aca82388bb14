"""What an author of plugins runs: the contract of each kind, as tests for pytest and as plain checks.

A subclass of a contract names a component; its tests say what the component promises:

    from exprlearn.testing import ModelContract

    class TestTransformer(ModelContract):
        component = "transformer"
        options = {"layers": 1, "width": 16}

`exprlearn plugins check NAME` runs the same checks without pytest.
"""

from __future__ import annotations

from exprlearn.testing.catalogue import checks_of
from exprlearn.testing.check import Check, Outcome, run_checks
from exprlearn.testing.contracts import (
    CommandContract,
    ConstraintContract,
    Contract,
    CurriculumContract,
    DivisionContract,
    DrawingContract,
    EngineContract,
    GrammarContract,
    MetricContract,
    ModelContract,
    ObserverContract,
    PaddingContract,
    ReversalContract,
    ScheduleContract,
    TokenizerContract,
)
from exprlearn.testing.subject import Subject, find_subject, grammars_beside

__all__ = [
    "Check",
    "CommandContract",
    "ConstraintContract",
    "Contract",
    "CurriculumContract",
    "DivisionContract",
    "DrawingContract",
    "EngineContract",
    "GrammarContract",
    "MetricContract",
    "ModelContract",
    "ObserverContract",
    "Outcome",
    "PaddingContract",
    "ReversalContract",
    "ScheduleContract",
    "Subject",
    "TokenizerContract",
    "checks_of",
    "find_subject",
    "grammars_beside",
    "run_checks",
]
