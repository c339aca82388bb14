"""A worksheet laid out: which problem stands on which page and in which column, and how much room each has.

The room is measured in millimetres, for the page to print and for the PDF alike; it fits A4 as well as Letter paper.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Final, NamedTuple

from exprlearn.errors import OptionError
from exprlearn.worksheet.problem_text import Style, column_rows, school_answer, school_text
from exprlearn.worksheet.problems import ALL, Problem

#: What A4 and Letter have in common, margins taken off; the rest of a page is above and below the problems.
WIDTH, HEIGHT = 174.0, 243.0
HEAD, HEADING, FOOT = 17.0, 11.0, 16.0
#: What a line of a problem takes, a digit and a row in columns, and the number before a problem.
LINE, DIGIT, ROW, NUMBER = 7.0, 4.2, 7.0, 11.0
# A digit or a sign on one line, and what is narrower.
_CHARACTER, _NARROW, _NARROWER = 3.1, 1.9, " ()"
#: Between two problems, and for an answer at least.
_GAP, _BLANK = 6.0, 22.0
_MOST_COLUMNS: Final = 4
# Each row of problems gets an even share of what is left on the page, up to this.
_MOST_SPARE: Final = 24.0


@dataclass(frozen=True)
class ProblemCell:
    """A problem as it stands on paper.

    Attributes:
        number: of the problem.
        lines: the problem on one line, or broken into several, with the sign that asks for its answer.
        rows: of sign and number, where it is written in columns.
        answer: as it is written.
    """

    number: int
    lines: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    answer: str

    @property
    def digits(self) -> int:
        """Return how many characters wide columns are, the sign included."""
        return max(len(self.answer), *(len(number) for _, number in self.rows)) + 2

    @property
    def width(self) -> float:
        """Return the millimetres that the problem takes, its answer included."""
        if self.rows:
            return NUMBER + DIGIT * self.digits + _GAP
        return NUMBER + max(map(_text_width, self.lines)) + max(_BLANK, _text_width(self.answer)) + _GAP

    @property
    def height(self) -> float:
        """Return the millimetres that it needs."""
        return ROW * (len(self.rows) + 1) + 5 if self.rows else LINE * len(self.lines) + 1.5


class PageSection(NamedTuple):
    """Problems of one level on one page: what stands above them, if anything, and the height of each row of them."""

    heading: str
    cells: tuple[ProblemCell, ...]
    heights: tuple[float, ...]


class Page(NamedTuple):
    """A page: how many problems stand beside each other, and its problems."""

    columns: int
    sections: tuple[PageSection, ...]


class PrintedPage(NamedTuple):
    """A page as it is printed: whether with answers, its number, and what is on it."""

    answered: bool
    number: int
    page: Page


@dataclass(frozen=True)
class Sheet:
    """A worksheet.

    Attributes:
        title: what it is about.
        seed: which problems were drawn.
        command: what makes it and its answers again.
        problems: in the order of their numbers.
        per_page: how many stand on a page.
        style: how they are written.
    """

    title: str
    seed: str
    command: str
    problems: tuple[Problem, ...]
    per_page: int = 20
    style: Style = "school"

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Lay the problems out; an `OptionError` says how many there may be on a page."""
        columns = max(1, min(_MOST_COLUMNS, int(WIDTH // max(cell.width for cell in self._cells))))
        divided = self._divided(self.per_page, columns)
        spare = min(map(_spare, divided))
        if spare < 0:
            fitting = (
                each for each in range(self.per_page, 0, -1) if min(map(_spare, self._divided(each, columns))) >= 0
            )
            most = next(fitting, 1)
            raise OptionError(
                f"--per-page {self.per_page}: at most {most} of these problems fit on a page: --per-page {most}"
            )
        return tuple(Page(columns, tuple(_widened(section, spare) for section in sections)) for sections in divided)

    def printed(self, answered: Sequence[bool]) -> list[PrintedPage]:
        """List the pages in the order of print: all of them, with answers or not, as often as asked."""
        return [PrintedPage(each, number, page) for each in answered for number, page in enumerate(self.pages, start=1)]

    @cached_property
    def _cells(self) -> tuple[ProblemCell, ...]:
        return tuple(self._cell(problem) for problem in self.problems)

    def _cell(self, problem: Problem) -> ProblemCell:
        rows = column_rows(problem.expression) if self.style == "columns" else ()
        answer = school_answer(problem.answer)
        longest = int((WIDTH - NUMBER - _GAP - max(_BLANK, _text_width(answer))) // _CHARACTER)
        lines = textwrap.wrap(f"{school_text(problem.expression)} =", longest, break_on_hyphens=False)
        return ProblemCell(problem.number, tuple(lines), rows, answer)

    def _divided(self, per_page: int, columns: int) -> list[list[PageSection]]:
        """Divide the problems into pages, and those of a page by level; rows are as tall as they need to be."""
        both = list(zip(self.problems, self._cells, strict=True))
        pages = [both[start : start + per_page] for start in range(0, len(both), per_page)]
        return [
            [
                _section(level, tuple(cell for _, cell in part), columns)
                for level, part in groupby(page, key=lambda each: each[0].level)
            ]
            for page in pages
        ]


def _section(level: str, cells: Sequence[ProblemCell], columns: int) -> PageSection:
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    heights = tuple(max(cell.height for cell in row) for row in rows)
    return PageSection("" if level == ALL else level.capitalize(), tuple(cells), heights)


def _spare(sections: Sequence[PageSection]) -> float:
    """Return how much taller than they need to be the rows of a page can be; below 0 they do not fit."""
    headings = sum(bool(section.heading) for section in sections)
    needed = sum(sum(section.heights) for section in sections) + HEADING * headings
    return (HEIGHT - HEAD - FOOT - needed) / sum(len(section.heights) for section in sections)


def _widened(section: PageSection, spare: float) -> PageSection:
    return section._replace(heights=tuple(height + min(spare, _MOST_SPARE) for height in section.heights))


def _text_width(text: str) -> float:
    return sum(_NARROW if sign in _NARROWER else _CHARACTER for sign in text)
