"""The run observer `csv`: a table of all epochs in the run folder, for spreadsheets and plotting programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from exprlearn.plugin import Ending, Header, Options, Sample
from exprlearn.runs.run_files import read_lines, write_text
from exprlearn.runs.schema import Epoch


class EpochTableOptions(Options):
    """Options of `csv`."""

    file: str = Field(default="epochs.csv", pattern=r"^[\w-][\w.-]*\.csv$", description="Its name in the run folder.")


class EpochTable:
    """Writes the whole table anew after each epoch, so that a crash leaves the old one or the new one.

    The epochs before a run went on are those of its metrics.jsonl: what a resumed run does again stands there once.
    """

    def __init__(self, options: EpochTableOptions) -> None:
        self.options = options
        self._file = Path()
        self._rows: list[Mapping[str, Any]] = []

    def started(self, header: Header) -> None:
        """Begin with the epochs that are done."""
        self._file = header.folder / self.options.file
        kept = read_lines(header.folder / "metrics.jsonl", Epoch)
        self._rows = [row for row in kept if row["epoch"] <= header.done]
        self._write()

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Add an epoch."""
        self._rows.append(record)
        self._write()

    def noted(self, message: str) -> None:
        """Leave messages out."""

    def finished(self, ending: Ending) -> None:
        """Leave the table as it is."""

    def _write(self) -> None:
        rows = [_flat(row) for row in self._rows]
        columns = dict.fromkeys(name for row in rows for name in row)
        text = io.StringIO()
        table = csv.DictWriter(text, list(columns), lineterminator="\n")
        if self._rows:
            table.writeheader()
        table.writerows(rows)
        write_text(self._file, text.getvalue())


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give each stage of a curriculum a column with its exact match.

    >>> _flat({"epoch": 1, "stages": [{"stage": "easy", "examples": 9, "right": 1, "count": 4}]})
    {'epoch': 1, 'exact_match easy': 0.25}
    """
    stages = {f"exact_match {each['stage']}": each["right"] / each["count"] for each in row.get("stages", ())}
    return {name: value for name, value in row.items() if name != "stages"} | stages
