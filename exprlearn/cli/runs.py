"""`exprlearn runs`: what was trained, and how well it went."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from exprlearn.cli.options import CommandOptions, RunArgument, takes
from exprlearn.cli.output import console, echo, note, print_document, print_table, print_view, warn

if TYPE_CHECKING:
    from exprlearn.runs.record import Summary

runs = typer.Typer(no_args_is_help=True, help="List, show and remove trained runs.")

COLUMNS = ("run", "grammar", "model", "state", "started", "seed", "epochs", "duration", "n", "exact")
NUMBERS = ("seed", "epochs", "duration", "n", "exact")
#: Columns that a narrow terminal does without, these first.
DISPENSABLE = ("n", "grammar", "model", "epochs", "seed", "duration")
#: Spaces between two columns.
GAP = 2


Key = Literal["run", "started", "grammar", "model", "seed", "state", "epochs", "seconds", "count", "exact_match"]
SortOption = Annotated[Key | None, typer.Option(help="Sort by this key [last written]; the smallest first.")]
ReverseOption = Annotated[bool, typer.Option(help="The other way round.")]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(metavar="KEY=VALUE", help="Only such runs, as state=finished or run=add*; repeatable."),
]
NamesArgument = Annotated[
    list[str], typer.Argument(metavar="RUN…", help="Paths, names under the runs folder, or latest.")
]
YesOption = Annotated[bool, typer.Option(help="Do not ask.")]


@runs.command("list")
@takes("runs json")
def list_runs(
    options: CommandOptions,
    sort: SortOption = None,
    reverse: ReverseOption = False,
    where: WhereOption = None,
) -> None:
    """List the runs, the one that was written last at the end."""
    from exprlearn.runs.record import choose_summaries, sort_summaries

    summaries = choose_summaries(_readable(options.runs), where or ())
    if sort is not None:
        summaries = sort_summaries(summaries, sort, is_reversed=reverse)
    elif reverse:
        summaries.reverse()
    if options.json:
        print_document({"runs": [item.document() for item in summaries]})
        return
    _print_fitting([_row(item) for item in summaries])


@runs.command("show")
@takes("runs json")
def show_run(options: CommandOptions, run: RunArgument = "latest") -> None:
    """Show the settings, the epochs and the test table of a run."""
    from exprlearn.report import scores_view
    from exprlearn.report.page import score_record
    from exprlearn.runs.record import read_record, summarize
    from exprlearn.runs.run_folder import find

    folder = read_record(find(run, options.runs).path)
    if options.json:
        from exprlearn.report.scripts import finite

        epochs = [epoch.model_dump() for epoch in folder.epochs]
        shown = {"config": folder.config, "environment": folder.run, "learned": epochs}
        print_document(finite({**summarize(folder.path).document(), **shown}))
        return
    echo(f"{folder.path}\n\n{folder.config_text}")
    columns = ("epoch", "examples", "loss", "exact_match", "digit_accuracy", "seconds")
    rows = [[_cell(getattr(epoch, column)) for column in columns] for epoch in folder.epochs]
    print_table(
        [column.replace("_", " ") for column in columns], rows, right=[column.replace("_", " ") for column in columns]
    )
    if folder.predictions:
        echo()
        print_view(scores_view(score_record(folder)))


@runs.command("remove")
@takes("runs json")
def remove_runs(options: CommandOptions, names: NamesArgument, yes: YesOption = False) -> None:
    """Remove runs with everything they made; asks first."""
    from exprlearn.errors import OptionError
    from exprlearn.runs.run_folder import find, remove

    found = {folder.path.resolve(): folder for folder in (find(name, options.runs) for name in names)}
    folders = list(found.values())
    if not yes:
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


def _can_ask() -> bool:
    return sys.stdin.isatty()


def _readable(runs: Path) -> Iterator[Summary]:
    """Read the runs; a damaged one is told and passed over."""
    from exprlearn.errors import RunError
    from exprlearn.runs.record import summarize
    from exprlearn.runs.run_folder import run_folders

    for folder in run_folders(runs):
        try:
            yield summarize(folder)
        except RunError as error:
            warn(str(error))


def _row(item: Summary) -> dict[str, str]:
    """Write what each column shows of a run."""
    from exprlearn.report.wording import lasting

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
