"""Training as plain lines on stderr, one an epoch: for files, pipes and job logs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from exprlearn.cli.output import echo
from exprlearn.cli.progress_steps import EpochBar
from exprlearn.cli.progress_words import answered, columns, header_lines, stages

if TYPE_CHECKING:
    from exprlearn.plugin import Header, Sample


#: After so many seconds without a line, one tells how far the epoch is.
SILENCE = 30.0


class PlainLines:
    """Writes what decides the result, then a line an epoch with the fixed samples at its end; some in long epochs."""

    def __init__(self, title: str = "", clock: Callable[[], float] = monotonic) -> None:
        self.title, self._clock = title, clock
        self._bar, self._told = EpochBar(clock), clock()

    def started(self, header: Header) -> None:
        """Write what decides the result."""
        for line in header_lines(header, self.title):
            echo(line, err=True)
        self._told = self._clock()

    def advanced(self, epoch: int, done: int, steps: int, batch: int) -> None:
        """Write how far a long epoch is."""
        self._bar.advance(epoch, done, steps, batch)
        if self._clock() - self._told >= SILENCE:
            self._told = self._clock()
            echo(self._bar.line(), err=True)

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Write the epoch."""
        self._told = self._clock()
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
