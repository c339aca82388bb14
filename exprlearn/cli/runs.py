"""`exprlearn runs`: what was trained, and how well it went."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from exprlearn.cli.options import RUNS, JsonOption, RunArgument, RunsOption
from exprlearn.cli.output import print_document, print_table, print_view, warn

if TYPE_CHECKING:
    from exprlearn.report.folder import Folder

runs = typer.Typer(no_args_is_help=True, help="List and show trained runs.")


@runs.command("list")
def list_runs(runs: RunsOption = RUNS, json: JsonOption = False) -> None:
    """List the runs, the newest last."""
    summaries = [summary(folder) for folder in _readable(folders_of(runs))]
    if json:
        print_document({"runs": summaries})
        return
    columns = ("run", "grammar", "model", "state", "epochs", "n", "exact")
    print_table(columns, (_row(item) for item in summaries), right=("epochs", "n", "exact"))


@runs.command("show")
def show_run(run: RunArgument = "latest", runs: RunsOption = RUNS, json: JsonOption = False) -> None:
    """Show the settings, the epochs and the test table of a run."""
    from exprlearn.report import scores_view
    from exprlearn.report.folder import read_folder
    from exprlearn.report.page import judge
    from exprlearn.training.run_folder import find

    folder = read_folder(find(run, runs).path)
    if json:
        epochs = [epoch.model_dump() for epoch in folder.epochs]
        print_document({**summary(folder), "config": folder.config, "environment": folder.run, "learned": epochs})
        return
    typer.echo(f"{folder.path}\n\n{folder.config_text}")
    columns = ("epoch", "examples", "loss", "exact_match", "digit_accuracy", "seconds")
    rows = [[_cell(getattr(epoch, column)) for column in columns] for epoch in folder.epochs]
    print_table(
        [column.replace("_", " ") for column in columns], rows, right=[column.replace("_", " ") for column in columns]
    )
    if folder.predictions:
        typer.echo()
        print_view(scores_view(judge(folder)))


def folders_of(runs: Path) -> list[Path]:
    """List the run folders, the one that was written last at the end."""
    marks = sorted(runs.glob("*/run.json"), key=lambda mark: (mark.stat().st_mtime_ns, mark.parent.name))
    return [mark.parent for mark in marks]


def summary(folder: Folder) -> dict[str, Any]:
    """Say in a few keys what a run is and how well it does on its test split."""
    right = sum(row.correct for row in folder.predictions)
    return {
        "run": folder.path.name,
        "path": str(folder.path),
        "grammar": folder.config.get("grammar", {}).get("name"),
        "model": folder.config.get("model", {}).get("name"),
        "state": folder.state,
        "epochs": len(folder.epochs),
        "count": len(folder.predictions),
        "exact_match": right / len(folder.predictions) if folder.predictions else None,
    }


def _readable(paths: list[Path]) -> list[Folder]:
    """Read run folders; a damaged one is told and passed over."""
    from exprlearn.errors import RunError
    from exprlearn.report.folder import read_folder

    folders = []
    for path in paths:
        try:
            folders.append(read_folder(path))
        except RunError as error:
            warn(str(error))
    return folders


def _row(item: dict[str, Any]) -> list[str]:
    exact = "–" if item["exact_match"] is None else f"{item['exact_match']:.1%}"
    keys = ("run", "grammar", "model", "state", "epochs", "count")
    return [*(_cell(item[key]) for key in keys), exact]


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
