"""Grammars: what is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from exprlearn.plugin.spec import Kind, Spec, hookspec


@dataclass(frozen=True, kw_only=True)
class GrammarSpec(Spec):
    """A grammar by name.

    Attributes:
        text: returns the Lark file's text; called when the grammar is used.
    """

    kind: ClassVar[str] = "grammar"
    text: Callable[[], str]


@hookspec
def exprlearn_grammars() -> Iterable[GrammarSpec]:  # type: ignore[empty-body]
    """Yield grammars, for `--grammar NAME`.

    A grammar is a Lark file whose comments say how large expressions are. `text` is called when the grammar is
    used; it may read a file of the package with `importlib.resources`.
    """


KIND = Kind(
    spec=GrammarSpec,
    hook=exprlearn_grammars,
    example="even-sums",
    command="exprlearn train --grammar {name}",
    page="grammars",
)
