"""A sweep as it happens: a table of its trials in a terminal, a line a trial elsewhere, all on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from exprlearn.cli.options import Progress
from exprlearn.cli.output import echo, print_line
from exprlearn.visible import visible_line

if TYPE_CHECKING:
    from rich.console import RenderableType

    from exprlearn.sweep import End, SweepObserver, SweepSection, Trial

#: Rows of the live table; the others are counted.
MOST_ROWS = 30
STYLES = {"failed": "red", "stopped": "dim", "waiting": "dim", "done": "green"}


@contextmanager
def shown_trials(progress: Progress, section: SweepSection) -> Iterator[SweepObserver | None]:
    """Show a sweep; `auto` is live in a terminal and plain elsewhere."""
    if progress == "auto":
        progress = "live" if sys.stderr.isatty() else "plain"
    if progress == "live":
        from rich.live import Live

        from exprlearn.cli.output import console

        table = TrialTable(section)
        with Live(
            get_renderable=table.drawn,
            console=console(stderr=True),
            refresh_per_second=1,
            redirect_stdout=False,
            redirect_stderr=False,
        ):
            yield table
    else:
        kinds: dict[str, type[SweepObserver]] = {"plain": PlainTrials, "json": JsonTrials}
        yield kinds[progress]() if progress in kinds else None


class PlainTrials:
    """Writes a line for every trial that has ended."""

    def __init__(self) -> None:
        self.count = self.ends = 0

    def asked(self, folder: Path, trials: Sequence[Trial]) -> None:
        """Write how many trials there are by now."""
        self.count += len(trials)
        echo(f"{self.count} trials, runs in {folder / 'trials'}", err=True)

    def ended(self, end: End) -> None:
        """Write how a trial ended."""
        from exprlearn.sweep.section import describe_settings

        self.ends += 1
        said = f"exact {end.exact_match}, {end.epochs} epochs" if end.result else end.failure and end.failure.said
        settings = describe_settings(end.trial.settings)
        echo(f"{self.ends}/{self.count}  {end.trial.name}  {settings}  {end.state}: {said}", err=True)


class JsonTrials:
    """Writes a JSON line for every trial that has ended."""

    def asked(self, folder: Path, trials: Sequence[Trial]) -> None:
        """Say nothing: each trial is told when it has ended."""

    def ended(self, end: End) -> None:
        """Write how a trial ended."""
        told = {"trial": end.trial.name, "settings": dict(end.trial.settings), "state": end.state}
        exact = {"exact_match": end.exact_match.value, "epochs": end.epochs} if end.result else {}
        print_line({**told, **exact}, err=True)


class TrialTable:
    """Draws every trial: its settings, where it stands, exact match. Epochs are read from the run folders."""

    def __init__(self, section: SweepSection) -> None:
        self.section = section
        self._folder = Path()
        self._trials: dict[str, Trial] = {}
        self._ends: dict[str, End] = {}

    def asked(self, folder: Path, trials: Sequence[Trial]) -> None:
        """Add rows."""
        self._trials |= {trial.name: trial for trial in trials}
        self._folder = folder

    def ended(self, end: End) -> None:
        """Note how a trial ended."""
        self._ends[end.trial.name] = end

    def drawn(self) -> RenderableType:
        """Draw the table as it is now: trials at work first, then those that ended last, then those that wait."""
        from rich.console import Group
        from rich.text import Text

        from exprlearn.cli.output import TextTable

        rows = sorted(map(self._row, self._trials.values()), key=lambda row: not row[-2].startswith("learning"))
        columns = ("trial", *self.section.parameters, "state", "exact")
        styles = [STYLES.get(row[-2], "") for row in rows[:MOST_ROWS]]
        table = TextTable(columns, rows[:MOST_ROWS], fold=tuple(self.section.parameters), styles=styles)
        hidden = f", {len(rows) - MOST_ROWS} not shown" if len(rows) > MOST_ROWS else ""
        return Group(table, Text(f"{len(self._ends)} of {len(rows)} ended{hidden}", style="dim"))

    def _row(self, trial: Trial) -> list[str]:
        from exprlearn.scoring import percent
        from exprlearn.sweep.section import describe_value

        settings = [visible_line(describe_value(trial.settings[key])) for key in self.section.parameters]
        end = self._ends.get(trial.name)
        if end is not None:
            return [trial.name, *settings, end.state, str(end.exact_match) if end.result else ""]
        epochs = self._epochs(trial)
        if epochs is None:
            return [trial.name, *settings, "waiting", ""]
        best = percent(max(epochs)) if epochs else ""
        return [trial.name, *settings, f"learning {len(epochs)}/{trial.epochs}", best]

    def _epochs(self, trial: Trial) -> list[float] | None:
        """Read exact match after each epoch that a trial has done; None before it has begun."""
        from exprlearn.runs.run_files import rows_of
        from exprlearn.runs.schema import JudgedEpoch

        run = self._folder / "trials" / trial.name
        lines = rows_of(run / "metrics.jsonl", JudgedEpoch, grows=True)
        return [row.exact_match for row in lines] if run.is_dir() else None
