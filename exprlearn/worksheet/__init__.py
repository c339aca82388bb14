"""Worksheets for a class: problems by difficulty, with a key, as a page to print, a PDF or a table."""

from exprlearn.worksheet.problems import LEVELS, Problem, ProblemSource, cut_levels, draw_problems, sources_of
from exprlearn.worksheet.sheet import Sheet
from exprlearn.worksheet.sheet_files import write_sheet

__all__ = ["LEVELS", "Problem", "ProblemSource", "Sheet", "cut_levels", "draw_problems", "sources_of", "write_sheet"]
