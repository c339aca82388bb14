"""The built-in families: modules that register through the same hooks as any plugin."""

from __future__ import annotations

BUILTINS = (
    "exprlearn.engines.builtin",
    "exprlearn.grammar.builtin",
    "exprlearn.arithmetic.builtin",
    "exprlearn.dataset.builtin",
    "exprlearn.curriculum.builtin",
    "exprlearn.encoding.builtin",
    "exprlearn.models.builtin",
    "exprlearn.scoring.builtin",
    "exprlearn.training.builtin",
)
