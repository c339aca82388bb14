"""How a training is shown to anyone who calls it: a live table in a terminal, or in a notebook, elsewhere nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from html import escape
from importlib import import_module
from typing import Any

from exprlearn.plugin import Header, Sample
from exprlearn.report.training_progress import EpochBar, LiveTable, TrainingLines, cells, header_lines
from exprlearn.tables import html_table
from exprlearn.training.observers import Observer, Silent
from exprlearn.visible import visible, visible_console


def fitting_display(progress: bool | None) -> Observer:
    """Choose how a training is shown.

    Args:
        progress: whether it is; None shows it where somebody looks, in a terminal or a notebook.
    """
    if progress is False:
        return Silent()
    if is_notebook():
        return NotebookTable()
    if sys.stderr.isatty():
        return LiveTable("", visible_console(stderr=True))
    return TrainingLines(_StderrLines()) if progress else Silent()


def is_notebook() -> bool:
    """Tell whether a kernel of Jupyter runs this process."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return getattr(shell, "kernel", None) is not None


class _StderrLines:
    def __init__(self) -> None:
        self._console = visible_console(stderr=True)

    def write(self, text: str | None, document: Mapping[str, Any] | None = None) -> None:
        """Write a line."""
        if text is not None:
            self._console.print(text, markup=False, soft_wrap=True)


class NotebookTable:
    """A table below the cell, with a row an epoch and the fixed samples, that is drawn anew as the training goes on."""

    def __init__(self) -> None:
        self._display = import_module("IPython.display")
        self._above: list[str] = []
        self._rows: list[dict[str, str]] = []
        self._below: list[str] = []
        self._bar, self._handle = EpochBar(), None

    def started(self, header: Header) -> None:
        """Show what decides the result."""
        self._above = list(header_lines(header, ""))
        self._show("compiling the first step …")

    def advanced(self, epoch: int, done: int, steps: int, batch: int) -> None:
        """Show how far the epoch is."""
        self._bar.advance(epoch, done, steps, batch)
        self._show(self._bar.line())

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Add a row, and show the samples as they are answered now."""
        self._rows.append({**cells(record), "": "best" if best else ""})
        self._below = [f"{each.expression} = {each.answer or 'nothing'} {_mark(each)}" for each in samples]
        self._show("")

    def noted(self, message: str) -> None:
        """Show the message above the table."""
        self._above.append(message)
        self._show("")

    def finished(self, reason: str) -> None:
        """Leave the table as it is."""
        if reason:
            self._show(f"stopped: {reason}")

    def _show(self, now: str) -> None:
        columns = list(self._rows[0]) if self._rows else ["epoch"]
        table = html_table(columns, [list(row.values()) for row in self._rows])
        lines = [*_lines(self._above), table, *_lines([*self._below, now])]
        document = self._display.HTML("".join(lines))
        if self._handle is None:
            self._handle = self._display.display(document, display_id=True)
        else:
            self._handle.update(document)


def _lines(texts: Sequence[str]) -> list[str]:
    return [f"<div>{escape(visible(text))}</div>" for text in texts if text]


def _mark(sample: Sample) -> str:
    return "✓" if sample.correct else f"✗ {sample.truth}"
