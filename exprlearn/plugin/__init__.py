"""What a plugin author imports: hookimpl, the specs, options and the protocols of components."""

from __future__ import annotations

from exprlearn.plugin.hookspecs import hookimpl
from exprlearn.plugin.options import NoOptions, Options
from exprlearn.plugin.protocols import Constraint, Division, Metric, Padding, Reversal, Tokenizer
from exprlearn.plugin.shape import Shape
from exprlearn.plugin.specs import (
    ConstraintSpec,
    DivisionSpec,
    GrammarSpec,
    Incremental,
    MetricSpec,
    ModelSpec,
    PaddingSpec,
    ReversalSpec,
    TokenizerSpec,
)

__all__ = [
    "Constraint",
    "ConstraintSpec",
    "Division",
    "DivisionSpec",
    "GrammarSpec",
    "Incremental",
    "Metric",
    "MetricSpec",
    "ModelSpec",
    "NoOptions",
    "Options",
    "Padding",
    "PaddingSpec",
    "Reversal",
    "ReversalSpec",
    "Shape",
    "Tokenizer",
    "TokenizerSpec",
    "hookimpl",
]
