"""Text from files as a terminal or a page may show it: what would steer the screen is shown instead of sent."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

PIPE_WIDTH = 100_000
# C0 and C1 controls, delete, marks without width, signs that turn the direction of writing, separators of lines and
# paragraphs, tags that nobody sees, and halves of surrogate pairs.
_UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff"
)
_STEERING = re.compile(rf"[{_UNSEEN}]|\r(?!\n)")
_ENDING = re.compile(rf"[{_UNSEEN}\t\n\r]")
_PICTURES, _DELETE, _DELETE_PICTURE = 0x2400, 0x7F, "␡"


def visible(text: str) -> str:
    r"""Replace what would steer a terminal or a page by pictures and escapes; ends of lines and tabs stay.

    >>> visible("red: \x1b[31m, right to left: \u202e\n")
    'red: ␛[31m, right to left: \\u202e\n'
    """
    return _STEERING.sub(_picture, text)


def visible_line(text: str) -> str:
    r"""Do the same with one value of a line or a table: ends of lines and tabs are shown too.

    >>> visible_line("train\nclean: all rows are right")
    'train␊clean: all rows are right'
    """
    return _ENDING.sub(_picture, text)


def visible_values(document: Any) -> Any:
    r"""Do the same with every text in plain data.

    >>> visible_values({"answers": ["7", "\x1b[2J"]})
    {'answers': ['7', '␛[2J']}
    """
    if isinstance(document, str):
        return visible(document)
    if isinstance(document, dict):
        return {visible_values(key): visible_values(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [visible_values(value) for value in document]
    return document


def visible_json(text: str) -> str:
    r"""Escape all of this in JSON, so that a program reads what the files hold.

    >>> print(visible_json('{"text": "2−1 \x7f"}'))
    {"text": "2−1 \u007f"}
    """
    return _STEERING.sub(_escape, text)


def tell(text: str) -> None:
    """Write text and the end of its line to standard error; all of this is shown in it."""
    print(visible(text), file=sys.stderr)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < ord(" "):
        return chr(_PICTURES + code)
    # As TOML writes it, so that a config that is printed can be read again.
    return _DELETE_PICTURE if code == _DELETE else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escape(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]


def visible_console(*, stderr: bool = False) -> Console:
    """Return a console; in a pipe it is wide, so that nothing is cut, and NO_COLOR is honoured."""
    console = _console_class()
    fitting = console(highlight=False, stderr=stderr)
    return fitting if fitting.is_terminal else console(highlight=False, stderr=stderr, width=PIPE_WIDTH)


@cache
def _console_class() -> type[Console]:
    """Make the class of consoles, now that rich is needed."""
    from rich.console import Console
    from rich.segment import Segment

    class VisibleConsole(Console):
        """A console that shows the control characters of every text; only rich itself moves the cursor."""

        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for piece in super().render(renderable, options):
                yield piece if piece.control else Segment(visible(piece.text), piece.style)

    return VisibleConsole
