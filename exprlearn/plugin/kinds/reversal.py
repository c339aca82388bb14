"""Reversals: which sides are reversed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from exprlearn.plugin.spec import Kind, Spec, hookspec


class Reversal(Protocol):
    """Says which sides are reversed."""

    @property
    def source(self) -> bool:
        """Tell whether source rows are reversed."""

    @property
    def target(self) -> bool:
        """Tell whether answers are reversed, before their end mark."""


@dataclass(frozen=True, kw_only=True)
class ReversalSpec(Spec):
    """Which sides are reversed."""

    kind: ClassVar[str] = "reversal"
    make: Callable[[Any], Reversal]


@hookspec
def exprlearn_reversals() -> Iterable[ReversalSpec]:  # type: ignore[empty-body]
    """Yield reversals, for `--reversal NAME`.

    A reversal says which sides are reversed: expressions, answers, both or none.
    """


KIND = Kind(
    spec=ReversalSpec,
    hook=exprlearn_reversals,
    component=Reversal,
    example="chosen",
    command="exprlearn train --reversal {name}",
    page="encodings",
)
