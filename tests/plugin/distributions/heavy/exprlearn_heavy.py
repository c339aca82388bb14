from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jax  # noqa: F401, TID253

from exprlearn.plugin import ModelSpec, hookimpl


def build(shape: Any, options: Any) -> Any:
    raise NotImplementedError


@hookimpl
def exprlearn_models() -> Iterator[ModelSpec]:
    yield ModelSpec(name="slow", summary="Takes its time.", framing="sequence", build=build)
