"""What the page shows of run folders and what their models answer, as plain data."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from exprlearn.counts import counted
from exprlearn.dataset import canonical_forms
from exprlearn.errors import ExpressionTooLarge, RunError
from exprlearn.intervals import estimate_share
from exprlearn.report.error_maps import error_maps, map_chart, map_document
from exprlearn.report.page import origin_of
from exprlearn.report.page_sections import loss_chart, right_chart, written_answers
from exprlearn.report.wording import title
from exprlearn.runs import run_folder
from exprlearn.runs.record import RunRecord, read_record
from exprlearn.runs.run_evaluation import step_row
from exprlearn.runs.schema import Written
from exprlearn.scoring import baselines, percent, span
from exprlearn.working import spaced_lines

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins
    from exprlearn.runs.run import Run

KEPT = 8
#: Runs whose models stay loaded, and characters of an expression.
MOST_LOADED, MOST_CHARACTERS = 4, 200
READ = ("config.toml", "run.json", "predictions.jsonl")


def run_folders(runs: Path) -> dict[str, Path]:
    """Find the run folders below `runs` by their names, the one that was written last first."""
    return {folder.name: folder for folder in reversed(run_folder.run_folders(runs))}


def run_document(path: Path) -> dict[str, Any]:
    """Say what a run is, how well it does, and where it is wrong; its curves begin empty and are filled by events."""
    document, folder = _document(path, tuple(_version(path / name) for name in READ))
    # When a process ends no file changes.
    return {**document, "state": folder.state}


def _version(file: Path) -> tuple[int, int]:
    """Tell one state of a file from another."""
    try:
        found = file.stat()
    except OSError:
        # It may vanish, with all its folder, at any moment.
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=KEPT)
def _document(path: Path, versions: tuple[tuple[int, int], ...]) -> tuple[dict[str, Any], RunRecord]:
    folder = read_record(path)
    asked = [*folder.predictions, *folder.samples]
    document = {
        "name": path.name,
        "origin": origin_of(folder.config),
        "verdict": _verdict(folder),
        "example": asked[0].expression if asked else "",
        "right": right_chart([]).spec,
        "loss": loss_chart([]).spec,
        "maps": [map_document(shown, map_chart(shown)) for shown in error_maps(folder.predictions)],
    }
    return document, folder


def _verdict(folder: RunRecord) -> str:
    """Say how well a run does; groups, which take seconds on large tests, are for the report."""
    rows = folder.predictions
    if not rows:
        return "not evaluated yet"
    exact = estimate_share([row.correct for row in rows], canonical_forms(row.expression for row in rows))
    shares = baselines([row.expression for row in rows], [row.truth for row in rows], folder.run.get("common_answer"))
    best = max(shares, key=lambda name: shares[name])
    said = f"{percent(exact.value)} of {counted(exact.count)} test expressions answered exactly right"
    return f"{said} (95 %: {span(exact)} %), where the best baseline ({title(best)}) gets {percent(shares[best])}."


def find_run(runs: Path, name: str) -> Path:
    """Find a run by its name; nothing else below or above `runs` can be reached."""
    folders = run_folders(runs)
    if name not in folders:
        raise RunError(f"no run '{name[:80]}' below {runs}/: exprlearn runs list")
    return folders[name]


@dataclass
class Asker:
    """Keeps the runs that were asked last; without `plugins` it loads what is installed."""

    plugins: Plugins | None = None
    _runs: OrderedDict[tuple[Path, int], Run] = field(default_factory=OrderedDict)
    # A process has one Keras on one backend, and a model answers one question at a time.
    _lock: Lock = field(default_factory=Lock)
    _backend: str | None = None

    def ask(self, path: Path, expression: str) -> dict[str, Any]:
        """Answer an expression with the run of a folder, with each step; raises as `load` and `Run.predict` do.

        An expression of too many characters is an ExpressionTooLarge.
        """
        if len(expression) > MOST_CHARACTERS:
            raise ExpressionTooLarge(f"{len(expression)} characters; an expression here has at most {MOST_CHARACTERS}")
        with self._lock:
            run = self._loaded(path)
            (prediction,) = run.predict([expression], steps=True)
        row = step_row(prediction, run.components.reversal.target)
        # Of pairs not every question has an answer that is known.
        written = written_answers([Written.model_validate_json(json.dumps({**row, "truth": row["truth"] or ""}))])
        fault = prediction.check and prediction.check.fault
        lines = {"lines_shown": spaced_lines(prediction.working), "fault": str(fault) if fault else ""}
        return {"run": path.name, **row, **lines, "chart": written[0].chart.spec if written else None}

    def _loaded(self, path: Path) -> Run:
        from exprlearn.runs.starting import load

        # A run that is still training has better weights after each epoch.
        key = path, (path / "checkpoints").stat().st_mtime_ns if (path / "checkpoints").is_dir() else 0
        if key not in self._runs:
            self._runs[key] = load(path, plugins=self.plugins, backend=self._backend)
            self._backend = self._runs[key].config.training.backend
        self._runs.move_to_end(key)
        while len(self._runs) > MOST_LOADED:
            self._runs.popitem(last=False)
        return self._runs[key]
