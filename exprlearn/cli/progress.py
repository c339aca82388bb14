"""How work is shown on stderr while it happens: live in a terminal, as plain lines, as JSON lines, or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exprlearn.cli.options import Progress
from exprlearn.cli.output import console, echo, print_line

if TYPE_CHECKING:
    from exprlearn.training.observers import Observer


def shown_as(progress: Progress) -> Progress:
    """Say how to show work: `auto` is live in a terminal and plain elsewhere."""
    if progress == "auto":
        return "live" if sys.stderr.isatty() else "plain"
    return progress


@dataclass(frozen=True)
class Lines:
    """Writes each event as a line, where lines are how work is shown.

    Attributes:
        form: `plain` and `json` write, all others do not.
    """

    form: Progress

    def write(self, text: str | None, document: Mapping[str, Any] | None = None) -> None:
        """Write an event, as text or as a JSON document; None where a form says nothing of it."""
        if self.form == "plain" and text is not None:
            echo(text, err=True)
        if self.form == "json" and document is not None:
            print_line(document, err=True)


@contextmanager
def counting_bar() -> Iterator[Callable[[int, int], None]]:
    """Draw a bar that goes when all is done; it is told how many of how many are."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)


@contextmanager
def show_files(progress: Progress, total: int) -> Iterator[Callable[[str, int, bool], None]]:
    """Show the finished files of a build, which it tells by name, rows, and whether they were there before.

    Args:
        progress: what was asked for.
        total: rows to come.
    """
    form, done = shown_as(progress), 0
    lines = Lines(form)
    with ExitStack() as stack:
        draw = stack.enter_context(counting_bar()) if form == "live" else lambda done, total: None
        draw(done, total)

        def finished(name: str, rows: int, was_there: bool) -> None:
            nonlocal done
            done += rows
            draw(done, total)
            text = f"{name}  {rows} rows{'  was there' if was_there else ''}"
            lines.write(text, {"name": name, "rows": rows, "was_there": was_there})

        yield finished


@contextmanager
def show_training(progress: Progress, title: str = "") -> Iterator[Observer]:
    """Show a training, and give the terminal back whatever happens.

    Args:
        progress: what was asked for.
        title: what stands in front of the first line, such as `quickstart`.
    """
    form = shown_as(progress)
    from exprlearn.report.training_progress import LiveTable, TrainingLines

    display: Observer = LiveTable(title, console(stderr=True)) if form == "live" else TrainingLines(Lines(form), title)
    try:
        yield display
    finally:
        # Ends nothing twice: an observer may hear it again.
        display.finished("")
