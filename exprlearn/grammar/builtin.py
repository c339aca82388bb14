"""The shipped grammars, offered through the same hook as any plugin's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from exprlearn.grammar.shipped import shipped_names, shipped_text
from exprlearn.plugin import GrammarSpec, hookimpl


@hookimpl
def exprlearn_grammars() -> Iterable[GrammarSpec]:
    """Yield the shipped grammars; a grammar's first comment line is its summary."""
    for name in shipped_names():
        first, _, _ = shipped_text(name).partition("\n")
        yield GrammarSpec(name=name, summary=first.removeprefix("//").strip(), text=partial(shipped_text, name))
