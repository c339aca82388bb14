"""Every promise of a way to draw, as tests of what this package brings."""

from __future__ import annotations

from exprlearn.testing import DrawingContract


class TestDrawing(DrawingContract):
    """Every answer equally often."""

    component = "result"
