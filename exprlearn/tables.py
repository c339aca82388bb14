"""Tables as HTML, for notebooks: small, every text escaped, no scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib import import_module
from typing import Any

from exprlearn.errors import OptionError
from exprlearn.visible import visible

#: Rows that a notebook shows; the rest is counted.
MOST_ROWS = 40
#: Characters of a cell.
MOST_CHARACTERS = 200


class Records(list[dict[str, Any]]):
    """Rows of a table, each by the names of its columns, which a notebook shows.

    >>> rows = Records([{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25}])
    >>> rows[-1]["loss"], rows.columns
    (0.25, ['epoch', 'loss'])
    """

    @property
    def columns(self) -> list[str]:
        """List the names of all columns, in the order in which they come."""
        return list(dict.fromkeys(name for row in self for name in row))

    def to_pandas(self) -> Any:
        """Return the rows as a `pandas.DataFrame`; an `OptionError` says that pandas is not installed."""
        try:
            pandas = import_module("pandas")
        except ImportError:
            raise OptionError("pandas is not installed: python -m pip install pandas; the rows are a list") from None
        return pandas.DataFrame(list(self), columns=self.columns)

    def _repr_html_(self) -> str:
        return html_table(self.columns, [[row.get(name) for name in self.columns] for row in self])


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
