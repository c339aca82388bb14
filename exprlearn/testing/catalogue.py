"""Every check, by the kind of component it is about."""

from __future__ import annotations

from exprlearn.errors import UnknownName, suggest
from exprlearn.testing import (
    commands,
    components,
    constraints,
    curricula,
    divisions,
    drawings,
    engines,
    grammars,
    metrics,
    models,
    observers,
    paddings,
    reversals,
    schedules,
    tokenizers,
)
from exprlearn.testing.check import Check

CHECKS: dict[str, tuple[Check, ...]] = {
    "grammar": grammars.CHECKS,
    "constraint": constraints.CHECKS,
    "division": divisions.CHECKS,
    "drawing": drawings.CHECKS,
    "curriculum": curricula.CHECKS,
    "schedule": schedules.CHECKS,
    "tokenizer": tokenizers.CHECKS,
    "padding": paddings.CHECKS,
    "reversal": reversals.CHECKS,
    "model": models.CHECKS,
    "metric": metrics.CHECKS,
    "observer": observers.CHECKS,
    "engine": engines.CHECKS,
    "command": commands.CHECKS,
}


def checks_of(kind: str) -> tuple[Check, ...]:
    """List the checks of a kind: those of every component, then its own.

    Raises:
        UnknownName: there is no such kind.
    """
    if kind not in CHECKS:
        raise UnknownName(f"no checks for components of the kind '{kind}': {suggest(kind, list(CHECKS))}")
    return components.CHECKS + CHECKS[kind]
