from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from exprlearn.plugin import ModelSpec, Options, ReversalSpec, hookimpl


class Units(Options):
    units: int = Field(8, ge=1, description="Width of the only layer.")


class Forwards:
    source = False
    target = False


def build(shape: Any, options: Units) -> Any:
    raise NotImplementedError


@hookimpl
def exprlearn_models() -> Iterator[ModelSpec]:
    yield ModelSpec(name="tiny", summary="One layer.", framing="sequence", options=Units, build=build)


@hookimpl
def exprlearn_reversals() -> Iterator[ReversalSpec]:
    yield ReversalSpec(name="forwards", summary="As it is read.", make=lambda options: Forwards())
