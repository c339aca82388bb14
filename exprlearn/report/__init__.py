"""Showing a run: its test table in a terminal and one page that opens offline."""

from __future__ import annotations

from exprlearn.report.page import write_page
from exprlearn.report.report import Report
from exprlearn.report.terminal import as_text, named_lines, scores_table, scores_view, show

__all__ = ["Report", "as_text", "named_lines", "scores_table", "scores_view", "show", "write_page"]
