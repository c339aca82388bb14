"""Following a training: the epochs of a run folder as they are written."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from exprlearn.errors import RunError
from exprlearn.reading import opened
from exprlearn.report.charts import lines_rows
from exprlearn.report.page_sections import (
    MOST_EPOCHS,
    MOST_SAMPLED,
    MOST_SAMPLED_EPOCHS,
    MOST_SAMPLES,
    loss_points,
    right_points,
    show_answer,
    thin,
)
from exprlearn.runs.run_files import MOST_LINES, Row, read_json
from exprlearn.runs.run_folder import state_of
from exprlearn.runs.schema import EpochRow, SampleRow

#: Bytes that are read at once of a file that grows.
MOST_AT_ONCE = 2**24


@dataclass
class Growing:
    """A file of lines that is still being written, of which so many bytes were read.

    It is `restarted` when it became shorter, as when a run is resumed, and was read from its beginning.
    """

    path: Path
    position: int = 0
    restarted: bool = False

    def lines(self) -> list[str]:
        """Return the whole lines that were added since the last time."""
        try:
            with opened(self.path, MOST_LINES, RunError) as stream:
                size = os.fstat(stream.fileno()).st_size
                self.restarted = size < self.position
                if self.restarted:
                    self.position = 0
                stream.seek(self.position)
                whole, end, _ = stream.read(MOST_AT_ONCE).rpartition(b"\n")
        except RunError:
            # Not there yet, or nothing that a page could follow.
            return []
        self.position += len(whole) + len(end)
        return [line for line in whole.decode("utf-8", errors="replace").split("\n") if line.strip()]


class Watch:
    """Somebody who watches a run folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._metrics, self._samples = Growing(folder / "metrics.jsonl"), Growing(folder / "samples.jsonl")

    def news(self) -> dict[str, Any] | None:
        """Return what the epochs since the last time add to the page; None where there are none.

        Of many epochs at once, as of a training that is over, some are chosen, evenly spread.
        """
        epochs = _read(self._metrics, EpochRow)
        # The samples of an epoch are written after its line: what is not there yet comes with the next news.
        samples = _read(self._samples, SampleRow)
        if not epochs and not samples:
            return None
        shown = thin(epochs, MOST_EPOCHS)
        return {
            "restarted": self._metrics.restarted,
            "right": lines_rows(right_points(shown)),
            "loss": lines_rows(loss_points(shown)),
            "epochs": [
                {"epoch": e.epoch, "loss": e.loss, "exact": e.exact_match, "digits": e.digit_accuracy} for e in shown
            ],
            "samples": _by_epoch(samples),
        }

    def is_over(self) -> bool:
        """Tell whether the training has ended, or its process has."""
        try:
            return bool(state_of(self.folder, read_json(self.folder / "run.json")) != "training")
        except RunError:
            return False


def _read(file: Growing, kind: type[Row]) -> list[Row]:
    """Read lines; one that is damaged is passed over, since the page goes on to the next."""
    found = []
    for line in file.lines():
        with suppress(ValidationError):
            found.append(kind.model_validate_json(line))
    return found


def _by_epoch(samples: list[SampleRow]) -> list[dict[str, Any]]:
    epochs = [(epoch, list(rows)[:MOST_SAMPLES]) for epoch, rows in groupby(samples, key=lambda row: row.epoch)]
    return [
        {"epoch": epoch, "answers": [_answer(row) for row in rows]} for epoch, rows in thin(epochs, MOST_SAMPLED_EPOCHS)
    ]


def _answer(row: SampleRow) -> dict[str, Any]:
    shown = show_answer(row, MOST_SAMPLED)
    return {
        "expression": shown.expression,
        "truth": shown.truth,
        "stretches": shown.stretches,
        "correct": shown.correct,
    }
