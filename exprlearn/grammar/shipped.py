"""The grammars that come with exprlearn."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from exprlearn.errors import GrammarError, suggest


def shipped_names() -> tuple[str, ...]:
    """Name the shipped grammars, in alphabetical order."""
    names = {entry.name.removesuffix(".lark") for entry in _folder().iterdir() if entry.name.endswith(".lark")}
    return tuple(sorted(names))


def shipped_text(name: str) -> str:
    """Read a shipped grammar.

    >>> "start" in shipped_text("addition")
    True

    Raises:
        GrammarError: no grammar of that name is shipped; the message names the nearest.
    """
    if name not in shipped_names():
        raise GrammarError(f"no shipped grammar is called {name!r}: {suggest(name, shipped_names())}")
    return (_folder() / f"{name}.lark").read_text(encoding="utf-8")


def _folder() -> Traversable:
    """Find the folder: inside the installed package, or at the top of a checkout."""
    for folder in _candidates():
        if folder.is_dir():
            return folder
    raise GrammarError("the shipped grammars are missing: reinstall exprlearn")


def _candidates() -> Iterator[Traversable]:
    yield files("exprlearn") / "_grammars"
    yield Path(__file__).parents[2] / "grammars"
