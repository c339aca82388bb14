"""Showing a run: its test table in a terminal and one page that opens offline."""

from __future__ import annotations

from exprlearn.report.page import write_page
from exprlearn.report.recipe_claim import claim_of
from exprlearn.report.report import Report
from exprlearn.report.terminal import NamedLines, as_text, scores_table, scores_view, show

__all__ = ["NamedLines", "Report", "as_text", "claim_of", "scores_table", "scores_view", "show", "write_page"]
