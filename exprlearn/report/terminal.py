"""Scores in a terminal: the test table with its intervals and baselines."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from exprlearn.counts import counted
from exprlearn.intervals import Interval, percent, span
from exprlearn.report.wording import title
from exprlearn.visible import visible

if TYPE_CHECKING:
    from exprlearn.scoring import Scores

# Where a text is not to be broken, a blank that textwrap takes for a letter.
UNBROKEN = "\N{NO-BREAK SPACE}"


def scores_table(scores: Scores, split: str = "test") -> Table:
    """Lay out exact match, its 95 % interval and digits: all items first, then every group of every axis.

    An axis along which all items are alike is left out.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(Text(split))
    for heading in ("n", "exact", "95 %", "digits"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_row(*_row("all", scores.exact_match, scores.digit_accuracy), style="bold")
    for axis, groups in scores.breakdown.items():
        if len(groups) > 1:
            table.add_row(Text(title(axis), style="dim"))
            for group in groups:
                table.add_row(*_row(f"  {group.group}", group.interval, group.digit_accuracy))
    return table


def notes(scores: Scores) -> Iterator[tuple[str, list[str]]]:
    """Yield what stands below the table: its name and what is said, in parts that stay whole."""
    if scores.distance is not None and scores.distance.median_relative is not None:
        off, unreadable = percent(scores.distance.median_relative), percent(scores.distance.unreadable)
        parts = [f"rmse {scores.distance.rmse:.3g}", f"median error of wrong answers {off}", f"unparsable {unreadable}"]
        yield "distance", parts
    if scores.lengths is not None and scores.exact_match.value < 1:
        yield "lengths", [f"too short {percent(scores.lengths.shorter)}", f"too long {percent(scores.lengths.longer)}"]
    if scores.workings is not None:
        right = f"every line right {percent(scores.workings.right.value)}"
        yield "workings", [right, f"lines right {percent(scores.workings.lines)}"]
        if scores.workings.faults:
            yield "first wrong", [f"{kind} {counted(count)}" for kind, count in scores.workings.faults.items()]
    if scores.baselines:
        yield "baselines", [f"{title(name)} {percent(value)}" for name, value in scores.baselines.items()]
    for name, reason in scores.omitted.items():
        yield title(name), [f"none: {reason}"]
    if scores.rmse is not None:
        yield "rmse", [f"{scores.rmse:.6g}"]
    for name, value in scores.metrics.items():
        yield title(name), [f"{value:.6g}"]


def scores_view(scores: Scores, split: str = "test") -> RenderableType:
    """Lay out everything about one split, to print with any rich console."""
    return Group(scores_table(scores, split), Text(), NamedLines(list(notes(scores))))


@dataclass(frozen=True)
class NamedLines:
    """Lines under names of one width.

    Attributes:
        lines: names, each with one text that is never broken, so that paths and commands can be copied, or with parts,
            between which a line goes on below.
    """

    lines: Sequence[tuple[str, str | Sequence[str]]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max((len(name) for name, _ in self.lines), default=0)
        for name, said in self.lines:
            rows = [said] if isinstance(said, str) else wrap_parts(said, options.max_width - width - 2)
            for row in rows:
                yield Text(no_wrap=True, overflow="ignore").append(name.ljust(width), style="dim").append(f"  {row}")
                name = ""


def wrap_parts(parts: Sequence[str], width: int) -> list[str]:
    """Lay parts side by side in lines of so many characters; only a part that is longer is broken, at its blanks.

    >>> wrap_parts(["blank 0.0 %", "most common answer 5.3 %", "copy first number 4.7 %"], 40)
    ['blank 0.0 %   most common answer 5.3 %', 'copy first number 4.7 %']
    """
    joined = (part if len(part) > width else part.replace(" ", UNBROKEN) for part in parts)
    lines = textwrap.wrap("   ".join(joined), max(width, 1), break_long_words=False, break_on_hyphens=False)
    return [line.replace(UNBROKEN, " ") for line in lines]


def show(view: RenderableType, console: Console) -> None:
    """Print a view; lines longer than the console is wide are kept whole, because paths and commands are copied."""
    console.print(view, crop=False, highlight=False)


def as_text(view: RenderableType, width: int = 100) -> str:
    """Render a view as plain text without colour, without blanks at the ends of lines."""
    file = io.StringIO()
    show(view, Console(file=file, width=width, color_system=None, legacy_windows=False))
    return "\n".join(line.rstrip() for line in visible(file.getvalue()).rstrip().split("\n"))


def _row(label: str, interval: Interval, digit_accuracy: float) -> list[Text]:
    cells = (label, counted(interval.count), percent(interval.value), span(interval), percent(digit_accuracy))
    return [Text(cell) for cell in cells]
