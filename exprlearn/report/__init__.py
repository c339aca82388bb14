"""Showing a run: its test table in a terminal and one page that opens offline.

Each is imported when it is asked for: who writes a number needs no page.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exprlearn.report.page import write_page as write_page
    from exprlearn.report.recipe_claim import claim_of as claim_of
    from exprlearn.report.report import Report as Report
    from exprlearn.report.terminal import NamedLines as NamedLines
    from exprlearn.report.terminal import as_text as as_text
    from exprlearn.report.terminal import scores_table as scores_table
    from exprlearn.report.terminal import scores_view as scores_view
    from exprlearn.report.terminal import show as show

_NAMES = {
    "page": ("write_page",),
    "recipe_claim": ("claim_of",),
    "report": ("Report",),
    "terminal": ("NamedLines", "as_text", "scores_table", "scores_view", "show"),
}


def __getattr__(name: str) -> Any:
    for module, names in _NAMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute {name!r}")
