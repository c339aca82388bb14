"""How numbers and names read in a report: for people, in the terminal and on the page alike."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from exprlearn.counts import counted

# In characters: how many a table's columns may take, besides the headings of its rows; what a gap takes.
CROWDING = {"few": 30, "some": 58, "several": 100}
GAP = 2

AXIS_TITLES = {"answer-length": "characters of the answer", "digits": "digits of the longest number"}


def lasting(seconds: float) -> str:
    """Write a time span.

    >>> lasting(4.25), lasting(84), lasting(7322)
    ('4.2 s', '1 min 24 s', '2 h 2 min')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def title(name: str) -> str:
    """Write the name of an axis, a baseline or a metric as words.

    >>> title("most-common-answer"), title("answer-length")
    ('most common answer', 'characters of the answer')
    """
    return AXIS_TITLES.get(name, name.replace("-", " "))


def clip(text: str, most: int) -> str:
    """Shorten a text to `most` characters and say how much is missing.

    >>> clip("1+2+3+4+5", 5), clip("1+2", 5)
    ('1+2+3… (4 more)', '1+2')
    """
    return text if len(text) <= most else f"{text[:most]}… ({counted(len(text) - most)} more)"


def crowding(columns: Iterable[str], cell: int = 7) -> str:
    """Tell how crowded a table is, as its class on a page.

    The columns of `few` stand side by side on a telephone too, of `some` beside a chart, of `several` on a page as
    wide as its text; `many` are always laid out as lines. Headings are broken at blanks only; the longest cell has
    `cell` characters.

    >>> crowding(["+", "-"]), crowding(["one digit", "two digits", "more"] * 2), crowding(map(str, range(20)))
    ('few', 'some', 'many')
    """
    words = [max(map(len, column.split()), default=0) for column in columns]
    characters = sum(max(word, cell) + GAP for word in words)
    return next((name for name, most in CROWDING.items() if characters <= most), "many")


def run_reference(folder: Path) -> str:
    """Write a run as a command takes it: its name when it lies in `runs/`, else its path.

    >>> run_reference(Path("runs/addition-1")), run_reference(Path("other place/addition-1"))
    ('addition-1', "'other place/addition-1'")
    """
    listed = Path("runs", folder.name).resolve() == folder.resolve()
    return shlex.quote(folder.name if listed else str(folder))


def next_commands(folder: Path, expression: str) -> tuple[str, str, str]:
    """List what to type next about a run: ask it, see it, train it on.

    >>> next_commands(Path("runs/addition-1"), "12+34")[0]
    'exprlearn predict 12+34 --run addition-1'
    >>> next_commands(Path("runs/mixed-1"), "-3*(1+2)")[0]
    "exprlearn predict --run mixed-1 -- '-3*(1+2)'"
    """
    run, asked = run_reference(folder), shlex.quote(expression)
    # An expression that begins with a sign would be taken for an option.
    question = f"--run {run} -- {asked}" if expression.startswith("-") else f"{asked} --run {run}"
    return f"exprlearn predict {question}", f"exprlearn report {run} --open", f"exprlearn train --resume {run}"
