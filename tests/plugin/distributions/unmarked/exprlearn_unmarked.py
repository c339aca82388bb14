from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exprlearn.plugin import ModelSpec


def build(shape: Any, options: Any) -> Any:
    raise NotImplementedError


def exprlearn_models() -> Iterator[ModelSpec]:
    yield ModelSpec(name="lost", summary="A model of this plugin.", framing="sequence", build=build)
