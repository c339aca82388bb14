"""The observer `tensorboard`: event files in the run folder, written by tensorboardX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tensorboardX import SummaryWriter

from exprlearn.plugin import Ending, Header, Sample
from exprlearn_trackers.plain import measured, settings_of

EVALUATED = ("exact_match", "digit_accuracy")


class TensorBoard:
    """Writes a curve for each number of an epoch, and the samples of epochs that are the best so far."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.epochs = 0

    def started(self, header: Header) -> None:
        """Open an event file; what an earlier part of the run wrote of later epochs is dropped."""
        self.epochs = header.done
        # Files are named by the second, and one that goes on within the same second must not replace the first.
        part = f".from-{header.done}"
        self.writer = SummaryWriter(str(header.folder / self.folder), purge_step=header.done + 1, filename_suffix=part)
        rows = "".join(f"| {name} | {value} |\n" for name, value in settings_of(header.config))
        self.writer.add_text("settings", f"| setting | value |\n| --- | --- |\n{rows}", header.done)

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Add a point to each curve."""
        self.epochs = int(record["epoch"])
        for name, number in measured(record).items():
            group = "validation" if name in EVALUATED else "training"
            self.writer.add_scalar(f"{group}/{name}", number, self.epochs)
        if best:
            lines = [f"    {sample.expression} = {sample.answer} ({sample.truth})" for sample in samples]
            self.writer.add_text("samples", "\n".join(lines), self.epochs)
        self.writer.flush()

    def noted(self, message: str) -> None:
        """Keep the message."""
        self.writer.add_text("notes", message, self.epochs)

    def finished(self, ending: Ending) -> None:
        """Add the scores of the test and close the file."""
        for name, number in measured(ending.report or {}).items():
            self.writer.add_scalar(f"test/{name}", number, self.epochs)
        self.writer.add_text("ending", ending.reason, self.epochs)
        self.writer.close()
