"""The kinds of components, in the order of the walk; a new one is a file of this folder and a word here."""

from __future__ import annotations

from importlib import import_module

from exprlearn.plugin.spec import Kind, Spec

ORDER = (
    "grammar",
    "operator",
    "constraint",
    "division",
    "working",
    "drawing",
    "curriculum",
    "schedule",
    "tokenizer",
    "padding",
    "reversal",
    "model",
    "loss",
    "optimizer",
    "learning_rate",
    "metric",
    "callback",
    "observer",
    "engine",
    "command",
)

#: Each kind by its name.
KINDS: dict[str, Kind] = {kind.name: kind for kind in (import_module(f"{__name__}.{module}").KIND for module in ORDER)}
#: What each hook yields.
HOOKS: dict[str, type[Spec]] = {kind.hook.__name__: kind.spec for kind in KINDS.values()}
