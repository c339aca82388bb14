"""A build as it happens: a bar in a terminal, a line a file elsewhere, all on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exprlearn.cli.options import Progress
from exprlearn.cli.output import echo, print_line

Heard = Callable[[str, int, bool], None]


@contextmanager
def shown_files(progress: Progress, total: int) -> Iterator[Heard]:
    """Show finished files; `auto` is live in a terminal and plain elsewhere.

    Args:
        progress: what was asked for.
        total: rows to come.
    """
    if progress == "auto":
        progress = "live" if sys.stderr.isatty() else "plain"
    if progress == "live":
        with _bar(total) as heard:
            yield heard
    else:
        yield {"plain": _plain, "json": _json}.get(progress, _silent)


@contextmanager
def _bar(total: int) -> Iterator[Heard]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from exprlearn.cli.output import console

    columns = BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console(stderr=True), transient=True) as shown:
        task = shown.add_task("rows", total=total)
        yield lambda name, rows, was_there: shown.advance(task, rows)


def _plain(name: str, rows: int, was_there: bool) -> None:
    echo(f"{name}  {rows} rows{'  was there' if was_there else ''}", err=True)


def _json(name: str, rows: int, was_there: bool) -> None:
    print_line({"name": name, "rows": rows, "was_there": was_there}, err=True)


def _silent(name: str, rows: int, was_there: bool) -> None:
    """Say nothing."""
