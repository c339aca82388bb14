"""The engine `serial`: one unit after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from exprlearn.engines.attempting import attempt
from exprlearn.plugin import NoOptions


class SerialEngine:
    """Runs units in their order, in this process.

    >>> list(SerialEngine().run(len, ["one", "three"]))
    [(0, 3), (1, 5)]
    """

    workers = 1

    def __init__(self, options: NoOptions | None = None) -> None:
        self.options = options or NoOptions()

    def run(self, work: Callable[[Any], Any], units: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yield the place and the outcome of every unit."""
        for place, unit in enumerate(units):
            yield place, attempt(work, unit)

    def close(self) -> None:
        """Hold nothing."""
