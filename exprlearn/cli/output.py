"""Where words go: results to stdout, everything else to stderr, and nothing that steers the terminal with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import typer

from exprlearn.visible import visible, visible_json, visible_line

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

FORMAT = 1
PIPE_WIDTH = 100_000


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


def console(*, stderr: bool = False) -> Console:
    """Return a console; in a pipe it is wide, so that nothing is cut, and NO_COLOR is honoured."""
    from exprlearn.cli.consoles import VisibleConsole

    fitting = VisibleConsole(highlight=False, stderr=stderr)
    return fitting if fitting.is_terminal else VisibleConsole(highlight=False, stderr=stderr, width=PIPE_WIDTH)


def print_view(view: RenderableType) -> None:
    """Print what a report lays out."""
    console().print(view)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = (), fold: Sequence[str] = ()
) -> None:
    """Print an aligned table without lines; in a pipe no cell is cut.

    Args:
        columns: the headings.
        rows: one cell for each heading.
        right: headings of columns that hold numbers.
        fold: headings of columns that may wrap in a narrow terminal.
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        justify: Literal["right", "left"] = "right" if column in right else "left"
        table.add_column(Text(visible_line(column)), justify=justify, no_wrap=column not in fold)
    for row in rows:
        table.add_row(*(Text(visible_line(str(cell))) for cell in row))
    console().print(table)
