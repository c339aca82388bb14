"""The grammars that come with exprlearn, offered through the same hook as any plugin's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from exprlearn.errors import GrammarError, suggest
from exprlearn.plugin import GrammarSpec, hookimpl


def shipped_names() -> tuple[str, ...]:
    """Name the shipped grammars, in alphabetical order."""
    return tuple(sorted(each.name.removesuffix(".lark") for each in _folder().iterdir() if each.name.endswith(".lark")))


def shipped_text(name: str) -> str:
    """Read a shipped grammar; a `GrammarError` that names the nearest when there is none of that name."""
    if name not in shipped_names():
        raise GrammarError(f"no shipped grammar is called {name!r}: {suggest(name, shipped_names())}")
    return (_folder() / f"{name}.lark").read_text(encoding="utf-8")


@hookimpl
def exprlearn_grammars() -> Iterable[GrammarSpec]:
    """Yield the shipped grammars; a grammar's first comment line is its summary."""
    for name in shipped_names():
        first, _, _ = shipped_text(name).partition("\n")
        yield GrammarSpec(name=name, summary=first.removeprefix("//").strip(), text=partial(shipped_text, name))


def _folder() -> Traversable:
    """Find the folder: inside the installed package, or at the top of a checkout."""
    for folder in (files("exprlearn") / "_grammars", Path(__file__).parents[2] / "grammars"):
        if folder.is_dir():
            return folder
    raise GrammarError("the shipped grammars are missing: reinstall exprlearn")
