"""The console of rich, where colours are written as escapes and texts never are."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from exprlearn.visible import visible


class VisibleConsole(Console):
    """A console that shows the control characters of every text, whatever it is laid out in."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the pieces of what is printed; only rich itself moves the cursor."""
        for piece in super().render(renderable, options):
            yield piece if piece.control else Segment(visible(piece.text), piece.style)
