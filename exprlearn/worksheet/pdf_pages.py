"""Worksheets as PDF, drawn by reportlab: the page that is printed, in millimetres from its upper left corner."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import Any, Final

from exprlearn import __version__
from exprlearn.errors import OptionError
from exprlearn.worksheet.sheet import (
    DIGIT,
    FOOT,
    HEAD,
    HEADING,
    HEIGHT,
    LINE,
    NUMBER,
    ROW,
    WIDTH,
    PrintedPage,
    ProblemCell,
    Sheet,
)

# A4, in millimetres; the room in the middle is on Letter paper, too.
_PAPER: Final = (210.0, 297.0)
_LEFT, _TOP = (_PAPER[0] - WIDTH) / 2, 18.0
_POINTS: Final = 72 / 25.4
_BLANK: Final = 20.0
_PLAIN, _BOLD = "Vera", "VeraBd"


def draw_pdf(sheet: Sheet, pages: Sequence[PrintedPage]) -> bytes:
    """Draw a worksheet; the same sheet gives the same bytes.

    Raises:
        OptionError: reportlab is not installed, or its font lacks a sign.
    """
    metrics, canvas, fonts = _reportlab()
    faces = {}
    for name in (_PLAIN, _BOLD):
        faces[name] = fonts.TTFont(name, f"{name}.ttf")
        metrics.registerFont(faces[name])
    _refuse_missing(sheet, faces[_PLAIN].face.charToGlyph)
    written = io.BytesIO()
    drawing = canvas.Canvas(written, tuple(side * _POINTS for side in _PAPER), invariant=1, lang="en")
    drawing.setTitle(sheet.title)
    drawing.setCreator(f"exprlearn {__version__}")
    for page in pages:
        _Drawing(drawing).draw(sheet, page)
        drawing.showPage()
    drawing.save()
    return written.getvalue()


def _reportlab() -> tuple[Any, Any, Any]:
    try:
        from reportlab.pdfbase import pdfmetrics, ttfonts
        from reportlab.pdfgen import canvas
    except ImportError as error:
        raise OptionError(
            f"a worksheet as PDF needs reportlab, which is not installed ({error}): "
            "python -m pip install 'exprlearn[worksheet]', or write OUT.html and print it"
        ) from error
    return pdfmetrics, canvas, ttfonts


def _refuse_missing(sheet: Sheet, glyphs: object) -> None:
    text = sheet.title + sheet.seed + sheet.command + "".join(problem.expression for problem in sheet.problems)
    has: Any = glyphs
    if missing := sorted({sign for sign in text if ord(sign) not in has}):
        raise OptionError(f"the font of the PDF has no {missing[0]!r}: write OUT.html and print it")


class _Drawing:
    """A page in millimetres."""

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas

    def draw(self, sheet: Sheet, shown: PrintedPage) -> None:
        """Draw one page: its head, the problems level by level, its foot."""
        self._head(sheet, shown.answered)
        top = HEAD
        for section in shown.page.sections:
            if section.heading:
                self._text(0, top + 6.5, section.heading, 11, _BOLD)
                top += HEADING
            columns = shown.page.columns
            for row, height in enumerate(section.heights):
                for column, cell in enumerate(section.cells[row * columns : (row + 1) * columns]):
                    self._cell(column * WIDTH / columns, top, cell, shown.answered)
                top += height
        self._foot(sheet, shown)

    def _head(self, sheet: Sheet, answered: bool) -> None:
        self._text(0, 6, f"{sheet.title}: answers" if answered else sheet.title, 16, _BOLD)
        if not answered:
            for left, word in ((72, "Name"), (128, "Date")):
                self._text(left, 6, word, 11)
                self._line(left + 13, left + 46, 7)

    def _cell(self, left: float, top: float, cell: ProblemCell, answered: bool) -> None:
        self._text(left, top + 5, f"{cell.number}.", 11)
        left += NUMBER
        if cell.rows:
            self._rows(left, top, cell, answered)
            return
        for number, line in enumerate(cell.lines):
            end = self._text(left, top + 5 + number * LINE, line, 13)
        below = top + 5 + (len(cell.lines) - 1) * LINE
        if answered:
            self._text(end + 2, below, cell.answer, 13, _BOLD)
        else:
            self._line(end + 2, end + 2 + _BLANK, below + 1)

    def _rows(self, left: float, top: float, cell: ProblemCell, answered: bool) -> None:
        right = left + DIGIT * cell.digits
        for number, (sign, digits) in enumerate(cell.rows):
            self._digits(right, top + 5 + number * ROW, digits)
            self._text(left, top + 5 + number * ROW, sign, 14)
        self._line(left, right, top + len(cell.rows) * ROW)
        if answered:
            self._digits(right, top + 5.5 + len(cell.rows) * ROW, cell.answer, _BOLD)

    def _digits(self, right: float, below: float, digits: str, font: str = _PLAIN) -> None:
        """Write a number so that its digits stand below those of the others."""
        for place, digit in enumerate(reversed(digits), start=1):
            self._text(right - place * DIGIT, below, digit, 14, font)

    def _foot(self, sheet: Sheet, shown: PrintedPage) -> None:
        self._line(0, WIDTH, HEIGHT - FOOT + 3)
        kind = "answers, " if shown.answered else ""
        page = f" · {kind}page {shown.number} of {len(sheet.pages)} · the same sheet and its answers again, "
        end = self._text(0, HEIGHT - FOOT + 7, "Seed ", 8)
        end = self._text(end, HEIGHT - FOOT + 7, sheet.seed, 8, _BOLD)
        self._text(end, HEIGHT - FOOT + 7, f"{page}with exprlearn {__version__}:", 8)
        for number, line in enumerate(textwrap.wrap(sheet.command, 110, break_on_hyphens=False)):
            self._text(0, HEIGHT - FOOT + 10.5 + 3.5 * number, line, 8)

    def _text(self, left: float, below: float, text: str, size: float, font: str = _PLAIN) -> float:
        """Write a text with its baseline `below` the upper edge, and return where it ends."""
        self._canvas.setFont(font, size)
        self._canvas.drawString((_LEFT + left) * _POINTS, (_PAPER[1] - _TOP - below) * _POINTS, text)
        return left + float(self._canvas.stringWidth(text, font, size)) / _POINTS

    def _line(self, left: float, right: float, below: float) -> None:
        height = (_PAPER[1] - _TOP - below) * _POINTS
        self._canvas.setLineWidth(0.7)
        self._canvas.line((_LEFT + left) * _POINTS, height, (_LEFT + right) * _POINTS, height)
