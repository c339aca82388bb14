"""Tables as HTML, for notebooks: small, every text escaped, no scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from exprlearn.visible import visible

#: Rows that a notebook shows; the rest is counted.
MOST_ROWS = 40
#: Characters of a cell.
MOST_CHARACTERS = 200


def html_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str = "") -> str:
    """Write a table as an HTML element, with a caption above if there is one; None is a blank cell.

    >>> html_table(["a", "b"], [[1, "<2>"]])
    '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>&lt;2&gt;</td></tr></tbody></table>'
    """
    listed = list(rows)
    head = "".join(f"<th>{_text(column)}</th>" for column in columns)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in listed[:MOST_ROWS])
    hidden = len(listed) - MOST_ROWS
    if hidden > 0:
        body += f'<tr><td colspan="{len(columns)}">… {hidden} more</td></tr>'
    above = f'<caption style="text-align: left">{_text(caption)}</caption>' if caption else ""
    return f"<table>{above}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: Sequence[object]) -> str:
    return "".join(f"<td>{_text(cell)}</td>" for cell in row)


def _text(cell: object) -> str:
    text = "" if cell is None else visible(str(cell))
    return escape(text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "…")
