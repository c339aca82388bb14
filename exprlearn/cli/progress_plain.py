"""Training as plain lines on stderr, one an epoch: for files, pipes and job logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exprlearn.cli.output import echo
from exprlearn.cli.progress_words import answered, columns, header_lines, stages

if TYPE_CHECKING:
    from exprlearn.training.observer import Header, Sample


class PlainLines:
    """Writes what decides the result, then one line an epoch with the fixed samples at its end."""

    def __init__(self, title: str = "") -> None:
        self.title = title

    def started(self, header: Header) -> None:
        """Write what decides the result."""
        for line in header_lines(header, self.title):
            echo(line, err=True)

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Write the epoch."""
        numbers = "  ".join(f"{name} {value}" for name, value in columns(record).items())
        shown = "   ".join(answered(sample) for sample in samples)
        echo(f"{numbers}{'  best' if best else '      '}  {shown}".rstrip(), err=True)
        for stage in stages(record):
            echo(f"         stage {stage['stage']}  exact {stage['exact']}  trained on {stage['trained on']}", err=True)

    def noted(self, message: str) -> None:
        """Write the message."""
        echo(message, err=True)

    def finished(self, reason: str) -> None:
        """Say nothing: the result tells it."""
