"""Reversals: which sides are written back to front."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from exprlearn.plugin.spec import Kind, Spec, hookspec


class Reversal(Protocol):
    """Says which sides are written back to front."""

    @property
    def source(self) -> bool:
        """Tell whether source rows are reversed."""

    @property
    def target(self) -> bool:
        """Tell whether answers are reversed, before their end mark."""


@dataclass(frozen=True, kw_only=True)
class ReversalSpec(Spec):
    """Which sides are written back to front.

    Attributes:
        make: returns the reversal for its options.
    """

    kind: ClassVar[str] = "reversal"
    make: Callable[[Any], Reversal]


@hookspec
def exprlearn_reversals() -> Iterable[ReversalSpec]:  # type: ignore[empty-body]
    '''Yield reversals, for `--reversal NAME`.

    A reversal says which sides are written back to front: expressions, answers, both or none.

    Example:
        """A reversal plugin whose options say which sides are reversed."""

        from collections.abc import Iterable

        from pydantic import Field

        from exprlearn.plugin import Options, ReversalSpec, hookimpl


        class Sides(Options):
            """The sides; options have the two attributes of a reversal themselves."""

            source: bool = Field(default=False, description="Write expressions back to front.")
            target: bool = Field(default=True, description="Write answers back to front.")


        @hookimpl
        def exprlearn_reversals() -> Iterable[ReversalSpec]:
            """Yield the reversal, for `--reversal chosen --set reversal.source=true`."""
            yield ReversalSpec(
                name="chosen", summary="The sides that are asked for.", options=Sides, make=lambda options: options
            )
    '''


KIND = Kind(
    spec=ReversalSpec,
    hook=exprlearn_reversals,
    component=Reversal,
    command="exprlearn train --reversal {name}",
    page="encodings",
)
