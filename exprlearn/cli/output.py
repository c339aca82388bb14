"""Where words go: results to stdout, everything else to stderr, and nothing that steers the terminal with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal

import typer

from exprlearn.visible import visible, visible_console, visible_json, visible_line

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

FORMAT = 1
# In characters: what a column of sentences takes at least, and the gap between two columns.
FOLDED, GAP = 16, 2


def echo(text: object = "", *, err: bool = False, nl: bool = True) -> None:
    """Write text and the end of its line; control characters in it are shown, not sent."""
    typer.echo(visible(str(text)), err=err, nl=nl)


def print_document(document: Mapping[str, Any]) -> None:
    """Print one JSON document whose first key is its format number."""
    text = json.dumps({"format": FORMAT, **document}, ensure_ascii=False, indent=2, allow_nan=False)
    typer.echo(visible_json(text))


def print_line(document: Mapping[str, Any], *, err: bool = False) -> None:
    """Print one JSON object on one line."""
    typer.echo(visible_json(json.dumps(document, ensure_ascii=False)), err=err)


def note(sentence: str) -> None:
    """Tell something worth knowing."""
    echo(f"note: {sentence}", err=True)


def warn(sentence: str) -> None:
    """Tell something that went wrong and did not stop the command."""
    echo(f"warning: {sentence}", err=True)


def echo_error(error: Exception | str) -> None:
    """Write an error; further lines stay in the column of the first."""
    echo("error: " + str(error).replace("\n", "\n       "), err=True)


def console(*, stderr: bool = False) -> Console:
    """Return a console, as `visible_console` does."""
    return visible_console(stderr=stderr)


def print_view(view: RenderableType) -> None:
    """Print what a report lays out; lines that must stay whole are wrapped by the terminal."""
    from exprlearn.report.terminal import show

    show(view, console())


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = (), fold: Sequence[str] = ()
) -> None:
    """Print a table; what a column holds stays whole unless the column is one of `fold`, and nothing is cut.

    Args:
        columns: the headings.
        rows: one cell for each heading.
        right: headings of columns that hold numbers.
        fold: headings of columns that hold sentences, which may wrap in a narrow terminal.
    """
    shown = [tuple(visible_line(str(cell)) for cell in row) for row in rows]
    print_view(TextTable(tuple(map(visible_line, columns)), shown, right, fold))


@dataclass(frozen=True)
class TextTable:
    """A table as wide as its terminal: aligned without lines, or, where that is too narrow, a paragraph for each row.

    Its texts are shown as they are: pass those of files through `visible_line`.

    Attributes:
        columns: the headings.
        rows: one text for each heading.
        right: headings of columns that hold numbers.
        fold: headings of columns that may wrap.
        styles: how each row looks, where rows differ.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[str] = ()
    fold: Sequence[str] = ()
    styles: Sequence[str] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        if self._needed() <= options.max_width or not self.rows:
            yield self._aligned()
            return
        from exprlearn.report.terminal import NamedLines

        for position, row in enumerate(self.rows):
            yield from [""] * bool(position)
            named = zip(self.columns, row, strict=True)
            yield NamedLines([(name, [cell] if name in self.fold else cell) for name, cell in named if cell])

    def _needed(self) -> int:
        """Return the characters that the aligned table takes at least."""
        from rich.cells import cell_len

        widths = []
        for place, column in enumerate(self.columns):
            widest = max(cell_len(cell) for cell in (column, *(row[place] for row in self.rows)))
            widths.append(min(widest, max(FOLDED, cell_len(column))) if column in self.fold else widest)
        return sum(widths) + GAP * (len(widths) - 1)

    def _aligned(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
        for column in self.columns:
            justify: Literal["right", "left"] = "right" if column in self.right else "left"
            table.add_column(Text(column), justify=justify, no_wrap=column not in self.fold, overflow="fold")
        for row, style in zip_longest(self.rows, self.styles, fillvalue=""):
            table.add_row(*map(Text, row), style=style)
        return table
