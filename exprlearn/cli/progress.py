"""Choosing how training is shown: a live table, one line an epoch, JSON lines, or nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from exprlearn.cli.options import Progress

if TYPE_CHECKING:
    from exprlearn.training.observers import Observer


@contextmanager
def shown(progress: Progress, title: str = "") -> Iterator[Observer]:
    """Show a training, and give the terminal back whatever happens; `auto` is live in a terminal and plain elsewhere.

    Args:
        progress: what was asked for.
        title: what stands in front of the first line, such as `quickstart`.
    """
    observer = _observer(progress, title)
    try:
        yield observer
    finally:
        # Ends nothing twice: an observer may hear it again.
        observer.finished("")


def _observer(progress: Progress, title: str) -> Observer:
    if progress == "auto":
        progress = "live" if sys.stderr.isatty() else "plain"
    if progress == "none":
        from exprlearn.training.observers import Silent

        return Silent()
    if progress == "json":
        from exprlearn.cli.progress_json import JsonLines

        return JsonLines()
    if progress == "plain":
        from exprlearn.cli.progress_plain import PlainLines

        return PlainLines(title)
    from exprlearn.cli.progress_live import LiveTable

    return LiveTable(title)
