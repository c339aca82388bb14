"""Scores in a terminal: the test table, with its intervals and baselines."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from exprlearn.report.wording import counted, title
from exprlearn.scoring import Interval, Scores, percent, span


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


def notes(scores: Scores) -> Iterator[tuple[str, str]]:
    """Yield what stands below the table: its name and the text."""
    if scores.distance is not None and scores.distance.median_relative is not None:
        rmse, off = f"{scores.distance.rmse:.3g}", percent(scores.distance.median_relative)
        yield (
            "distance",
            f"rmse {rmse}   wrong ones off by {off} (median)   no number {percent(scores.distance.unreadable)}",
        )
    if scores.lengths is not None and scores.exact_match.value < 1:
        yield "lengths", f"too short {percent(scores.lengths.shorter)}   too long {percent(scores.lengths.longer)}"
    if scores.baselines:
        said = (f"{title(name)} {percent(value)}" for name, value in scores.baselines.items())
        yield "baselines", "   ".join(said)
    for name, reason in scores.omitted.items():
        yield title(name), f"none: {reason}"
    if scores.rmse is not None:
        yield "rmse", f"{scores.rmse:.6g}"
    for name, value in scores.metrics.items():
        yield title(name), f"{value:.6g}"


def scores_view(scores: Scores, split: str = "test") -> RenderableType:
    """Lay out everything about one split, to print with any rich console."""
    return Group(scores_table(scores, split), Text(), named_lines(notes(scores)))


def named_lines(lines: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> Text:
    """Lay out lines under names of one width; long ones are never broken, so that paths and commands can be copied."""
    listed = list(lines)
    width = max((len(name) for name, _ in listed), default=0)
    text = Text(no_wrap=True, overflow="ignore")
    for position, (name, said) in enumerate(listed):
        text.append("\n" if position else "")
        text.append(name.ljust(width), style="dim").append(f"  {said}")
    return text


def named_paragraphs(lines: Iterable[tuple[str, str]]) -> Table:
    """Lay out texts beside their names; long ones go on in the next line."""
    table = Table.grid(padding=(0, 2))
    for name, said in lines:
        table.add_row(Text(name, style="dim"), Text(said))
    return table


def show(view: RenderableType, console: Console) -> None:
    """Print a view; lines longer than the console is wide are kept whole, because paths and commands are copied."""
    console.print(view, crop=False, highlight=False)


def as_text(view: RenderableType, width: int = 100) -> str:
    """Render a view as plain text without colour, without blanks at the ends of lines."""
    file = io.StringIO()
    show(view, Console(file=file, width=width, color_system=None, legacy_windows=False))
    return "\n".join(line.rstrip() for line in file.getvalue().rstrip().splitlines())


def _row(label: str, interval: Interval, digit_accuracy: float) -> list[Text]:
    cells = (label, counted(interval.count), percent(interval.value), span(interval), percent(digit_accuracy))
    return [Text(cell) for cell in cells]
