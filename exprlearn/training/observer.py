"""What the walk tells whoever shows it, while it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from exprlearn.plugin import Header as Header
from exprlearn.plugin import Sample as Sample


class Observer(Protocol):
    """Watches a training."""

    def started(self, header: Header) -> None:
        """Hear that everything is ready and the first compilation begins."""

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Hear of a finished epoch: a line of metrics.jsonl and the fixed samples."""

    def noted(self, message: str) -> None:
        """Hear something worth a line."""

    def finished(self, reason: str) -> None:
        """Hear why training ended."""


@runtime_checkable
class StepObserver(Protocol):
    """An observer that hears between epochs too."""

    def advanced(self, epoch: int, done: int, steps: int, batch: int) -> None:
        """Hear about once a second that `done` of the `steps` of an epoch are taken, each of `batch` examples."""


class Silent:
    """An observer that says nothing."""

    def started(self, header: Header) -> None:
        """Say nothing."""

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Say nothing."""

    def noted(self, message: str) -> None:
        """Say nothing."""

    def finished(self, reason: str) -> None:
        """Say nothing."""
