"""Training as JSON lines on stderr, one an epoch, for other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from exprlearn.cli.output import print_line

if TYPE_CHECKING:
    from exprlearn.plugin import Header, Sample


class JsonLines:
    """Writes each epoch as the line of metrics.jsonl, with `best` and the fixed samples."""

    def started(self, header: Header) -> None:
        """Say nothing: the run folder holds it."""

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Write the epoch."""
        answered = [{**asdict(sample), "correct": sample.correct} for sample in samples]
        self._write({**record, "best": best, "samples": answered})

    def noted(self, message: str) -> None:
        """Write the message."""
        self._write({"note": message})

    def finished(self, reason: str) -> None:
        """Say nothing: the result tells it."""

    def _write(self, document: Mapping[str, Any]) -> None:
        print_line(document, err=True)
