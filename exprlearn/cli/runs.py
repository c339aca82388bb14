"""`exprlearn runs`, `report`, `export` and `playground`: what was trained, how well it went, and what comes of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import console, echo, note, print_document, print_table, print_view, warn
from exprlearn.cli.settings import load_plugins, load_run
from exprlearn.errors import OptionError, RunError
from exprlearn.inline import finite
from exprlearn.playground.server import serve
from exprlearn.report import scores_view, write_page
from exprlearn.report.figures import save_figures
from exprlearn.report.page import score_record
from exprlearn.report.wording import lasting
from exprlearn.runs.record import Summary, choose_summaries, read_record, sort_summaries, summarize
from exprlearn.runs.run_folder import LATEST, find, remove, run_folders

COLUMNS = ("run", "grammar", "model", "state", "started", "seed", "epochs", "duration", "n", "exact")
NUMBERS = ("seed", "epochs", "duration", "n", "exact")
#: Columns that a narrow terminal does without, these first.
DISPENSABLE = ("n", "grammar", "model", "epochs", "seed", "duration")
#: Spaces between two columns.
GAP = 2


def list_runs(options: CommandOptions) -> None:
    """List the runs, the one that was written last at the end."""
    summaries = choose_summaries(_readable(options.runs), options.where or ())
    if options.sort is not None:
        summaries = sort_summaries(summaries, options.sort, is_reversed=options.reverse)
    elif options.reverse:
        summaries.reverse()
    if options.json:
        print_document({"runs": [item.document() for item in summaries]})
        return
    _print_fitting([_row(item) for item in summaries])


def show_run(options: CommandOptions) -> None:
    """Show the settings, the epochs and the test table of a run."""
    record = read_record(find(options.run, options.runs).path)
    if options.json:
        epochs = [epoch.model_dump() for epoch in record.epochs]
        shown = {"config": record.config, "environment": record.run, "learned": epochs}
        print_document(finite({**summarize(record.path).document(), **shown}))
        return
    echo(f"{record.path}\n\n{record.config_text}")
    keys = ("epoch", "examples", "loss", "exact_match", "digit_accuracy", "seconds")
    columns = [key.replace("_", " ") for key in keys]
    print_table(columns, [[_cell(getattr(epoch, key)) for key in keys] for epoch in record.epochs], right=columns)
    if record.predictions:
        echo()
        print_view(scores_view(score_record(record)))


def remove_runs(options: CommandOptions) -> None:
    """Remove runs with everything they made; asks first."""
    found = {folder.path.resolve(): folder for folder in (find(name, options.runs) for name in options.removed)}
    folders = list(found.values())
    if not options.yes:
        if not _can_ask() or options.json:
            raise OptionError("nobody can be asked here whether to remove the runs: pass --yes")
        listed = "".join(f"\n  {folder.path}" for folder in folders)
        if not typer.confirm(f"Remove for ever:{listed}\nAre you sure?", err=True):
            echo("nothing was removed")
            raise typer.Exit(1)
    for folder in folders:
        remove(folder)
        if not options.json:
            echo(f"removed {folder.path}")
    if options.json:
        print_document({"removed": [str(folder.path) for folder in folders]})


def report(options: CommandOptions) -> None:
    """Write the report of a run afresh, or its charts and tables as files, and print the paths."""
    run, *others = (find(name, options.runs).path for name in options.reported or [LATEST])
    # The formats of this command are those of figures.
    figure_format: Any = options.format_
    if figure_format:
        for path in save_figures(run, figure_format, others):
            echo(path)
        return
    page = write_page(run, others=others, noted=note)
    echo(page)
    if options.open_:
        typer.launch(page.resolve().as_uri())


def export(options: CommandOptions) -> None:
    """Write a trained model so that it answers without exprlearn, and print where it lies."""
    # The formats of this command are those of models.
    file_format: Any = options.format_
    run = load_run(options.run, options, backend="tensorflow" if file_format == "savedmodel" else None)
    path = run.export(options.out, file_format)
    if options.json:
        print_document({"run": run.folder.name, "format": file_format, "path": str(path)})
    else:
        echo(path)


def playground(options: CommandOptions) -> None:
    """Serve the playground until Ctrl-C."""
    runs, first = options.runs, None
    if options.first is not None:
        folder = find(options.first, runs).path.resolve()
        runs, first = folder.parent, folder.name

    def ready(address: str) -> None:
        echo(address)
        if options.open_:
            typer.launch(address)

    serve(runs, options.port, plugins=load_plugins(options), first=first, ready=ready)


def _can_ask() -> bool:
    return sys.stdin.isatty()


def _readable(runs: Path) -> Iterator[Summary]:
    """Read the runs; a damaged one is told and passed over."""
    for folder in run_folders(runs):
        try:
            yield summarize(folder)
        except RunError as error:
            warn(str(error))


def _row(item: Summary) -> dict[str, str]:
    """Write what each column shows of a run."""
    started = datetime.fromisoformat(item.started).astimezone()
    return {
        "run": item.run,
        "grammar": _cell(item.grammar),
        "model": _cell(item.model),
        "state": _cell(item.state),
        "started": f"{started:%Y-%m-%d %H:%M}",
        "seed": str(item.seed),
        "epochs": str(item.epochs),
        "duration": "–" if item.seconds is None else lasting(item.seconds),
        "n": str(item.count),
        "exact": "–" if item.exact_match is None else f"{item.exact_match:.1%}",
    }


def _print_fitting(rows: Sequence[dict[str, str]]) -> None:
    """Print the runs as a table whose columns are never cut: where there is no room for all, some are left out."""
    widths = {column: max(len(column), *(len(row[column]) for row in rows), 0) + GAP for column in COLUMNS}
    shown, left_out = list(COLUMNS), []
    room = console().width + GAP
    for column in DISPENSABLE:
        if sum(widths[each] for each in shown) <= room:
            break
        shown.remove(column)
        left_out.append(column)
    print_table(shown, ([row[each] for each in shown] for row in rows), right=NUMBERS, fold=("run",))
    if left_out:
        note(f"no room for {', '.join(left_out)}: a wider terminal has them, and --json")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
