"""A plugin that imports Keras's backend where it must not."""

from __future__ import annotations

from collections.abc import Iterator

import jax  # noqa: TID253

from exprlearn.encoding import NONE
from exprlearn.plugin import ReversalSpec, hookimpl


@hookimpl
def exprlearn_reversals() -> Iterator[ReversalSpec]:
    yield ReversalSpec(
        name="importing-it-leaves-keras-out", summary=f"Loads jax {jax.__version__}.", make=lambda options: NONE
    )
