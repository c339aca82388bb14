"""What the page shows of run folders, as plain data."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from exprlearn.dataset import canonical_forms
from exprlearn.errors import RunError
from exprlearn.intervals import estimate_share
from exprlearn.report.error_maps import error_maps, map_chart, map_document
from exprlearn.report.page import origin_of
from exprlearn.report.page_sections import loss_chart, right_chart
from exprlearn.report.wording import counted, title
from exprlearn.runs import run_folder
from exprlearn.runs.record import RunRecord, read_record
from exprlearn.scoring import baselines, percent, span

KEPT = 8
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
        return "not judged yet"
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
