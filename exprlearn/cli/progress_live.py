"""Training as a table in a terminal: a row an epoch, and below it the fixed samples as they are answered now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from exprlearn.cli.output import console
from exprlearn.cli.progress_steps import EpochBar
from exprlearn.cli.progress_words import bar, columns, given, header_lines, stages

if TYPE_CHECKING:
    from exprlearn.plugin import Header, Sample

WIDTHS = {"epoch": 6, "loss": 9, "exact": 20, "digits": 9, "time": 13}


class LiveTable:
    """Draws rows that stay and a region below them that changes."""

    def __init__(self, title: str = "", terminal: Console | None = None) -> None:
        self.title = title
        self.console = terminal or console(stderr=True)
        self._live = Live(console=self.console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
        self._last = 0
        self._bar = EpochBar()
        self._answers: list[Text] = []

    def started(self, header: Header) -> None:
        """Draw what decides the result and the headings."""
        self._last = header.epochs
        for line in header_lines(header, self.title):
            self.console.print(Text(line, style="dim"))
        headings = "".join(name.rjust(width) for name, width in WIDTHS.items())
        self.console.print(Text(f"\n{headings}", style="bold"))
        self._live.start()
        self._show(Text("  compiling the first step …", style="dim"))

    def advanced(self, epoch: int, done: int, steps: int, batch: int) -> None:
        """Redraw the bar of the epoch, below the answers after the last one."""
        self._bar.advance(epoch, done, steps, batch)
        self._show(Group(*self._answers, self._bar.drawing.get_renderable()))

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Add a row and redraw the samples."""
        self.console.print(row(record, best=best))
        self._answers = [Text(), samples_line(samples), *stage_lines(record)]
        waiting = Text(f"  epoch {record['epoch']} of {self._last} done", style="dim")
        self._show(Group(*self._answers, waiting))

    def noted(self, message: str) -> None:
        """Write the message above the samples."""
        self.console.print(Text(message, style="yellow"))

    def finished(self, reason: str) -> None:
        """Leave the table as it is, apart from what follows."""
        if self._live.is_started:
            self._live.stop()
            self.console.print()

    def _show(self, region: Text | Group) -> None:
        self._live.update(region, refresh=True)


def row(record: Mapping[str, Any], *, best: bool) -> Text:
    """Draw an epoch: exact match as a bar and a number."""
    cells = columns(record)
    cells["exact"] = f"{bar(record['exact_match'])} {cells['exact']}"
    line = Text("".join(cells[name].rjust(width) for name, width in WIDTHS.items()))
    return line.append("  ← best", style="green") if best else line


def stage_lines(record: Mapping[str, Any]) -> Iterator[Text]:
    """Draw the stages of a curriculum: how much of the epoch each was, and its exact match as a bar and a number."""
    listed = record.get("stages", ())
    width = max((len(each["stage"]) for each in listed), default=0)
    for each, words in zip(listed, stages(record), strict=True):
        line = Text(f"  {each['stage'].ljust(width)}  {bar(each['right'] / each['count'])} {words['exact']}")
        yield line.append(f"  {words['trained on']:>9} examples" if each["examples"] else "", style="dim")


def samples_line(samples: Sequence[Sample]) -> Text:
    """Draw the samples: a wrong answer is red, marked and followed by the truth."""
    line = Text()
    for sample in samples:
        line.append(f"  {sample.expression} = ")
        if sample.correct:
            line.append(f"{given(sample)} ✓ ", style="green")
        else:
            line.append(f"{given(sample)} ✗", style="bold red").append(f" {sample.truth} ", style="dim")
    return line
