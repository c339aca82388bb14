"""The kinds of components, in the order of the walk; a new one is a file of this folder and a line here."""

from __future__ import annotations

from exprlearn.plugin.kinds import (
    command,
    constraint,
    curriculum,
    division,
    drawing,
    engine,
    grammar,
    learning_rate,
    metric,
    model,
    observer,
    optimizer,
    padding,
    reversal,
    schedule,
    tokenizer,
)
from exprlearn.plugin.spec import Kind, Spec

KINDS: dict[str, Kind] = {
    module.KIND.name: module.KIND
    for module in (
        grammar,
        constraint,
        division,
        drawing,
        curriculum,
        schedule,
        tokenizer,
        padding,
        reversal,
        model,
        optimizer,
        learning_rate,
        metric,
        observer,
        engine,
        command,
    )
}
"""Each kind by its name."""
HOOKS: dict[str, type[Spec]] = {kind.hook.__name__: kind.spec for kind in KINDS.values()}
"""What each hook yields."""
